/** Takes events: makes each, and puts it in the outbox. All that must be there when a page's first code runs. */

import { countDropped } from '../../core/base/count-dropped'
import type { DropReason } from '../../core/base/reports'
import { asRecord, isText, show } from '../../core/base/values'
import {
  type CaptureMode,
  type EventJson,
  type OutlastEvent,
  type Properties,
  serializeForV0,
  type WireFormat,
} from '../../core/event/event'
import type { Lane } from '../../core/queue/handover'
import type { CommonClient, OutlastEvents } from '../types'
import { assemble, type Given, type Made, type Refused } from './assemble'
import type { Emitter } from './emitter'
import type { CaptureConfig } from './options'
import { type Outbox, putIn } from './outbox'

export interface CapturePorts {
  config: CaptureConfig
  outbox: Outbox
  emitter: Emitter<OutlastEvents>
  newId: () => string
  ambient: Given['ambient']
  /** Whether nothing may be observed. */
  optedOut(): boolean
}

export interface Capture {
  /** What a client has of it. */
  methods: Pick<CommonClient, 'capture' | 'captureBatch' | 'captureAi' | 'enqueue'>
  /**
   * What new events are made for, and how. v0 needs the least code, so it is what all are made for until the rest has
   * loaded; see `speak-v1.ts`.
   */
  wire: { format: CaptureMode; serialize: Serialize }
  /** Called once for everything that one task captured. */
  onNew: () => void
  /** Later events are told of as dropped. */
  closed: boolean
  /** Gives events up, and says so. */
  drop(reason: DropReason, detail: string, uuids: string[], count?: number): void
  /** Says that events were given up, which are counted elsewhere. */
  tellDropped(reason: DropReason, detail: string, uuids: string[], count?: number): void
  /** Says once that the queue is full, until `full` is false again. */
  warnFull(): void
  full: boolean
}

type Serialize = (event: OutlastEvent, format: WireFormat, token: string) => EventJson

/** How it is to be taken: as a live event of this person's, for the wire that is spoken, unless it says otherwise. */
interface Taken extends Omit<Given, 'ambient'>, Partial<Pick<Given, 'ambient'>> {
  lane?: Lane
  format?: WireFormat
}

interface Way {
  lane: Lane
  format: WireFormat
}

/** For what was assembled elsewhere. */
const nothingAdded: Given['ambient'] = ({ distinctId = '' }) => ({ distinctId, properties: {} })

export function createCapture(ports: CapturePorts): Capture {
  const { config, outbox, emitter } = ports
  const { log, maxQueueSize, maxQueueBytes } = config
  const ownLane = config.historical ? 'historical' : 'live'
  const context = { ...config, ...ports }
  let scheduled = false
  let warnedOfClosed = false

  function take(given: () => Taken): void {
    // Without a project there is nothing to miss, and `init` has said so.
    if (!config.apiKey || ports.optedOut()) return
    if (self.closed) return tellClosed()
    const made = make(given)
    const { json } = made
    if (json === undefined) {
      if (!made.byChoice) log.warn(`dropped: ${made.detail}`)
      return self.drop(made.reason, made.detail, [made.uuid].filter(isText), 1)
    }
    const { event, uuid } = made.event
    if (outbox.count >= maxQueueSize || outbox.size + json.length > maxQueueBytes) {
      self.warnFull()
      return self.drop('queue_full', 'the queue is full', [uuid])
    }
    const at = config.wall()
    // A timestamp that was brought along was made by another clock.
    putIn(outbox, made.lane, made.format, json, at, made.stamped ? config.now() - at : 0)
    log.debug(`captured ${event} ${uuid}`)
    void tellOfNew()
  }

  /** `given` is read in here, because a caller's getters may throw. */
  function make(given: () => Taken): (Made & Way) | (Refused & Partial<Way>) {
    try {
      const { lane = ownLane, format = self.wire.format, ...rest } = given()
      const serialize = (event: OutlastEvent) => self.wire.serialize(event, format, config.apiKey)
      const made = assemble(context, serialize, { ambient: ports.ambient, ...rest })
      return { lane, format, ...made }
    } catch (error) {
      return { reason: 'invalid', detail: `capture failed: ${show(error)}` }
    }
  }

  /** What is counted of this client is counted: it can only be told. */
  function tellClosed(): void {
    if (!warnedOfClosed) log.tell('closed')
    warnedOfClosed = true
    self.tellDropped('shutdown', 'captured after shutdown', [], 1)
  }

  /** In a microtask: everything that one task captures goes in one message. */
  async function tellOfNew(): Promise<void> {
    if (scheduled) return
    scheduled = true
    await undefined
    scheduled = false
    self.onNew()
  }

  const methods: Capture['methods'] = {
    capture(event: string, properties?: Properties, options?) {
      take(() => ({ event, properties, options }))
    },
    captureBatch(events, options) {
      if (!Array.isArray(events)) return log.tell('batch')
      for (let index = 0; index < events.length; index++) {
        take(() => {
          const { event, properties, ...rest } = asRecord(events[index])
          const lane = asRecord(options).historicalMigration === true ? 'historical' : ownLane
          return { lane, event, properties, options: rest }
        })
      }
    },
    enqueue(given) {
      take(() => {
        const { event, properties, distinctId = '', ...rest } = asRecord(given)
        return { event, properties, options: { ...rest, distinctId }, ambient: nothingAdded }
      })
    },
    captureAi(event, properties, options) {
      take(() => ({ lane: 'live', format: 'ai', event, properties, options }))
    },
  }

  const self: Capture = {
    methods,
    wire: { format: 'v0', serialize: (event, _, token) => serializeForV0(event, token) },
    onNew: () => undefined,
    closed: false,
    full: false,
    drop(reason, detail, uuids, count = uuids.length) {
      countDropped(outbox.dropped, reason, count)
      self.tellDropped(reason, detail, uuids, count)
    },
    tellDropped(reason, detail, uuids, count = uuids.length) {
      if (count > 0) emitter.emit('drop', { uuids, count, reason, detail })
    },
    warnFull() {
      if (self.full) return
      self.full = true
      log.tell('full', maxQueueSize)
    },
  }
  return self
}
