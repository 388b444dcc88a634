/** Loaded late, with the first call about a feature flag. */

export { fetchSender } from '../adapters/fetch-sender'
export { createFeatureFlags } from '../client/feature-flags'
