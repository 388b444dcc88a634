import { isCount } from '../base/is-count'
import { asRecord } from '../base/values'
import { type HostMessage, MESSAGE_VERSION } from './messages'

/**
 * Parses a message of a host. Only fields that a page relies on are checked, since a host runs this library's code.
 * Every version understands the refusal of a host that is of another version.
 */
export function parseHostMessage(raw: unknown): HostMessage | undefined {
  const message = asRecord(raw)
  const { outlast, id, queue, type, instance } = message
  const isOtherVersion = typeof outlast === 'number' && type === 'refused' && message.reason === 'version'
  if ((outlast !== MESSAGE_VERSION && !isOtherVersion) || !isCount(id) || typeof queue !== 'string') return undefined
  if (typeof instance !== 'string') return undefined
  return typeof type === 'string' && isAnswer(type, message) ? (raw as HostMessage) : undefined
}

function isAnswer(type: string, message: Record<string, unknown>): boolean {
  switch (type) {
    case 'committed':
      return isCount(message.pending) && Array.isArray(message.refused) && Array.from(message.refused).every(isRefusal)
    case 'flushed':
      return haveCounts(message.flushed, ['delivered', 'pending', 'dropped'])
    case 'stats': {
      const { dropped } = asRecord(message.stats)
      return (
        Object.values(asRecord(dropped)).every(isCount) &&
        haveCounts(message.stats, ['accepted', 'delivered', 'pending'])
      )
    }
    case 'awake': {
      const { pending, warnings = [] } = message
      return isCount(pending) && Array.isArray(warnings) && Array.from(warnings).every(isText)
    }
    case 'idle': {
      const { pending, nextWakeAt, blockedBy, refusedBy, unanswered } = message
      const timed = nextWakeAt === undefined || Number.isFinite(nextWakeAt)
      return isCount(pending) && timed && [blockedBy, refusedBy, unanswered].every((said) => isText(said ?? ''))
    }
    case 'refused':
      return typeof message.reason === 'string' && typeof message.detail === 'string'
    default:
      return false
  }
}

function isRefusal(value: unknown): boolean {
  const { reason, uuids } = asRecord(value)
  return typeof reason === 'string' && Array.isArray(uuids)
}

const haveCounts = (value: unknown, names: string[]) => names.every((name) => isCount(asRecord(value)[name]))

const isText = (value: unknown) => typeof value === 'string'
