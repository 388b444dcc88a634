import { init } from 'outlast'

const outlast = init('phc_example', {
  host: import.meta.env.VITE_POSTHOG_HOST ?? 'http://localhost:4319',
  worker: { url: '/sw.js', scope: '/', beforeSend: true },
})
outlast.capture('example', { from: 'own-worker' })
