/** The few things of a platform that are not globals of it, as the simulated context gives them to its bundle. */

import type { Encoding } from '../../../src/core/base/ports'
import type { OutlastEvent } from '../../../src/core/event/event'
import type { HostMessage, PageMessage } from '../../../src/core/host/messages'

export interface Simulated {
  newId(): string
  /** Each `import()` of the library: a file that a browser would have to fetch. */
  load<T>(file: string, run: () => Promise<T>): Promise<T>
  compress(text: string, encoding: Encoding): Promise<Uint8Array | undefined>
  /** What this page and the host inside it say to each other. */
  said(message: PageMessage, memory: boolean): void
  heard(message: HostMessage, memory: boolean): void
  /** A relay has made a request of its host into an event. */
  madeOfRequest(host: string, event: OutlastEvent): void
}

declare global {
  /** A parameter of the function that a bundle is made into. */
  const simulated: Simulated
}
