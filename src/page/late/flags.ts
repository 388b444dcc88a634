/** The code of feature flags, loaded with the first call about a flag. */

export { followingSender } from '../../adapters/following-sender'
export { createFeatureFlags } from '../../client/flags/feature-flags'
