import { init } from 'outlast'

// A module is run once for a page, so this is the place: no provider, no effect.
export const outlast = init('phc_example', { host: import.meta.env.VITE_POSTHOG_HOST ?? 'http://localhost:4319' })
outlast.capture('example', { from: 'react' })
