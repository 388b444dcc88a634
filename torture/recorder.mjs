// @ts-check
/** What the pages of a round told, kept outside the browser. */

/**
 * @typedef {{ type: 'captured', uuids: string[] }
 *   | { type: 'acknowledged', uuids: string[] }
 *   | { type: 'dropped', uuids: string[], reason: string, detail: string }
 *   | { type: 'error', text: string }} Told
 */

export function createRecorder() {
  /** @type {Set<string>} */
  const captured = new Set()
  /** @type {Set<string>} */
  const acknowledged = new Set()
  /** @type {Map<string, string>} */
  const dropped = new Map()
  /** @type {string[]} */
  const errors = []

  return {
    captured,
    /** Committed to the queue, as some page knew. */
    acknowledged,
    /** Uuid to reason. */
    dropped,
    /** @param {unknown} error nothing here may fail unheard */
    fail: (error) => void errors.push(String(error)),
    /** @param {Told} message */
    tell(message) {
      switch (message.type) {
        case 'captured':
          for (const uuid of message.uuids) captured.add(uuid)
          break
        case 'acknowledged':
          for (const uuid of message.uuids) acknowledged.add(uuid)
          break
        case 'dropped':
          for (const uuid of message.uuids) dropped.set(uuid, `${message.reason}: ${message.detail}`)
          break
        case 'error':
          errors.push(message.text)
          break
      }
    },
    /** What no fault excuses. */
    problems() {
      return [
        ...(captured.size === 0 ? ['nothing was captured'] : []),
        ...errors.map((text) => `an error in a page: ${text}`),
      ]
    },
  }
}

/** @typedef {ReturnType<typeof createRecorder>} Recorder */
