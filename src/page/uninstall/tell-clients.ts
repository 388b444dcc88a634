/**
 * Tells the clients of this origin, in this tab and in others, that the library is being removed, and waits for them.
 */

import { RULES_CHANNEL } from '../../core/base/names'
import { asRecord } from '../../core/base/values'
import { MESSAGE_VERSION } from '../../core/host/messages'
import { pause } from './pause'

/** A page that can answer says that it has heard within this many ms. A frozen one never does. */
const HEARD_MS = 300

/** How much longer than its time-out a client's shutdown may take, in ms. */
const GRACE_MS = 1_000

/** Resolves once each client that has heard of the removal has shut down, or has had its time to do so. */
export async function tellClients(timeoutMs: number): Promise<void> {
  let channel: BroadcastChannel
  try {
    channel = new BroadcastChannel(RULES_CHANNEL)
  } catch {
    // The platform has no BroadcastChannel, or a page has replaced the class: no client can be told.
    return
  }
  const open = new Set<unknown>()
  let onLeft: () => void = () => undefined
  channel.onmessage = ({ data }) => {
    const { outlast, leaving, left } = asRecord(data)
    if (outlast !== MESSAGE_VERSION) return
    if (leaving !== undefined) open.add(leaving)
    if (left === undefined) return
    open.delete(left)
    if (open.size === 0) onLeft()
  }
  const allLeft = new Promise<void>((resolve) => (onLeft = resolve))
  channel.postMessage({ outlast: MESSAGE_VERSION, uninstall: timeoutMs })
  await pause(HEARD_MS)
  if (open.size > 0) await Promise.race([allLeft, pause(timeoutMs + GRACE_MS)])
  channel.close()
}
