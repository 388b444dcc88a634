/** Loaded late, with the first call about a feature flag. */

export { followingSender } from '../../adapters/following-sender'
export { createFeatureFlags } from '../../client/flags/feature-flags'
