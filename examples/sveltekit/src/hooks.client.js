import { init } from 'outlast'
import { pageviews } from 'outlast/pageviews'

export const outlast = init('phc_example', {
  host: import.meta.env.VITE_POSTHOG_HOST ?? 'http://localhost:4319',
})
pageviews(outlast)
outlast.capture('example', { from: 'sveltekit' })
