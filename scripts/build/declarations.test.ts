import { expect, it } from 'vitest'
import { foreignImports } from './declarations'

it('takes what every user has, and names what only this project does', () => {
  const text = `
    /** As in: import posthog from 'posthog-js' */
    import type { A } from './a'
    import type { IncomingMessage } from 'node:http'
    import { Metric } from 'web-vitals'
    export declare const x: import("idb").IDBPDatabase
  `
  expect(foreignImports(text)).toEqual(['web-vitals', 'idb'])
})
