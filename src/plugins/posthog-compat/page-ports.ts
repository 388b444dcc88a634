/** What instances work with in a page. */

import { followingSender } from '../../adapters/following-sender'
import { newId } from '../../adapters/new-id'
import { systemClock } from '../../adapters/system-clock'
import type { CompatPorts } from './self'

/** Server rendering runs page code too: nothing is asked there. */
export const pagePorts = (init: CompatPorts['init']): CompatPorts => ({
  init,
  newId,
  clock: systemClock(),
  sender: typeof window === 'undefined' ? undefined : followingSender(),
})
