'use client'

import { init } from 'outlast'

// On the server this is a client that does nothing.
export const outlast = init('phc_example', { host: process.env.NEXT_PUBLIC_POSTHOG_HOST ?? 'http://localhost:4319' })
