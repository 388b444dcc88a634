import { type HostMessage, MESSAGE_VERSION } from './messages'
import { asRecord, isCount } from './values'

/** Only what a page relies on is checked: the host runs this library's code, of this or of another version. */
export function parseHostMessage(raw: unknown): HostMessage | undefined {
  const message = asRecord(raw)
  const { outlast, id, queue, type, instance } = message
  if (outlast !== MESSAGE_VERSION || !isCount(id) || typeof queue !== 'string') return undefined
  if (typeof instance !== 'string') return undefined
  const shapes: Record<string, boolean> = {
    committed: Array.isArray(message.refused) && typeof message.pending === 'number',
    flushed: typeof message.flushed === 'object' && message.flushed !== null,
    stats: typeof message.stats === 'object' && message.stats !== null,
    awake: typeof message.pending === 'number',
    rest: typeof message.pending === 'number',
    refused: typeof message.reason === 'string',
  }
  return typeof type === 'string' && shapes[type] === true ? (raw as HostMessage) : undefined
}
