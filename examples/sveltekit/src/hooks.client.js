import { init } from 'outlast'

export const outlast = init('phc_example', {
  host: import.meta.env.VITE_POSTHOG_HOST ?? 'http://localhost:4319',
})
outlast.capture('example', { from: 'sveltekit' })
