import { init } from 'outlast'

const outlast = init('phc_example', { host: process.env.POSTHOG_HOST })
outlast.capture('example', { from: 'webpack' })
