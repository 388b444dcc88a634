import { init } from 'outlast'
import { pageviews } from 'outlast/pageviews'

// A module is run once for a page, so this is the place: no provider, no effect.
export const outlast = init('phc_example', { host: import.meta.env.VITE_POSTHOG_HOST ?? 'http://localhost:4319' })
// This app's paths are in the hash.
pageviews(outlast, { navigation: ['hash'] })
outlast.capture('example', { from: 'react' })
