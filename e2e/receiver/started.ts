/** A receiver that all tests of one worker share: to begin it and its database takes seconds, and longer on a busy machine. */

import { type Receiver, startReceiver } from './own-endpoint'

const BEGIN_MS = 120_000

type Use = (receiver: Receiver) => Promise<void>

/** A fixture for `test.extend`. */
export const STARTED: [(needs: object, use: Use) => Promise<void>, { scope: 'worker'; timeout: number }] = [
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  async ({}, use) => {
    const receiver = await startReceiver()
    await use(receiver)
    await receiver.close()
  },
  { scope: 'worker', timeout: BEGIN_MS },
]
