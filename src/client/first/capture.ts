/** Takes events: assembles each one and puts it in the outbox. Loaded with a page's first code. */

import { countDropped } from '../../core/base/count-dropped'
import type { DropReason } from '../../core/base/reports'
import { asRecord, show } from '../../core/base/values'
import type { ToUtc } from '../../core/event/before-send'
import {
  type CaptureMode,
  type EventJson,
  type OutlastEvent,
  type Properties,
  serializeForV0,
  type WireFormat,
} from '../../core/event/event'
import { roughTimestamp } from '../../core/event/rough-timestamp'
import type { Lane } from '../../core/queue/handover'
import type { CommonClient, OutlastEvents } from '../types'
import { assemble, type Given, type Made, type Refused } from './assemble'
import type { Consent } from './consent'
import type { Emitter } from './emitter'
import type { CaptureConfig } from './options'
import { type Outbox, putIn } from './outbox'

export interface CapturePorts {
  setup: CaptureConfig
  outbox: Outbox
  emitter: Emitter<OutlastEvents>
  freshId: () => string
  ambient: Given['ambient']
  /** The person's consent. Nothing may be captured while the person refuses. */
  ofConsent: Pick<Consent, 'choice' | 'withheld'>
}

export interface Capture {
  /** The methods that a client offers to its users. */
  methods: Pick<CommonClient, 'capture' | 'captureBatch' | 'captureAi' | 'enqueue'>
  /**
   * The format of new events, and the functions that serialize them and read their timestamps. v0 needs the least code,
   * so all events are made for v0 until the code for v1 has loaded; see `switch-to-v1.ts`. Events for a site's own
   * endpoint have the form of v0. Until the late code is there, a timestamp that the caller brings along is read to the
   * millisecond.
   */
  wire: { format: CaptureMode; serialize: Serialize; toUtc: ToUtc }
  /**
   * The events that the first code has serialized: the late code amends those that it alone can write in full. Absent
   * once it has done so, and once the plugins that load late have added to them (`client/late/additions.ts`).
   */
  early: Early[] | undefined
  /** Called once for all events that one task captured. */
  onNew?: () => void
  /** Whether the client is shut down: events captured from then on are reported as dropped. */
  isClosed: boolean
  /** Emits `drop`, and counts nothing: the caller does, where a queue is to count the events. */
  emitDrop(reason: DropReason, detail: string, uuids: string[], count?: number): void
  /** Warns that the queue is full, unless `isFull` says that this warning is out already. */
  warnFull(): void
  /** Whether `warnFull` has warned since the queue last had room. */
  isFull: boolean
}

export interface Early extends Made {
  /** The properties that the event was made with, where the event has others by now. */
  madeWith?: object
  /** The properties as they were, as far as the platform can copy them: the page may change its objects afterwards. */
  copies: Properties
  given: Arguments
}

/** The arguments of the caller. The late code warns of those that cannot be used. */
export type Arguments = Pick<Given, 'properties' | 'options'>

type Serialize = (event: OutlastEvent, format: WireFormat, given?: Arguments) => EventJson

/** The arguments of an event. Without `lane`, `format` or `ambient`, those of the client are used. */
interface Taken extends Omit<Given, 'ambient'>, Partial<Pick<Given, 'ambient'>> {
  lane?: Lane
  format?: WireFormat
}

/** The part of the queue and the format in which an event travels. */
interface Way {
  given: Arguments
  lane: Lane
  format: WireFormat
}

export function createCapture(ports: CapturePorts): Capture {
  const { setup: config, outbox, emitter } = ports
  const { logs: log, maxQueueSize, maxQueueBytes } = config
  const ownLane = config.historical ? 'historical' : 'live'
  const context = { ...config, ...ports }
  let scheduled = false

  function take(given: () => Taken): void {
    const { choice } = ports.ofConsent
    if (choice.refused) return
    // Nothing can be sent; `init` has warned of that already.
    if (config.halted) return self.emitDrop('invalid', `init: ${config.halted}`, [], 1)
    if (self.isClosed) return dropClosed()
    const made = make(given)
    const { json } = made
    if (json === undefined) {
      if (!made.byChoice) log.warn(`dropped: ${made.detail}`)
      return drop(made)
    }
    if (outbox.count >= maxQueueSize || outbox.size + json.length > maxQueueBytes) {
      self.warnFull()
      return drop({ reason: 'queue_full', detail: '', uuid: made.event.uuid })
    }
    const now = config.wall()
    // The time of a choice may be ahead of the clock, and what is captured after the choice counts as later.
    const at = Math.max(now, choice.at)
    self.early?.push({ ...made, copies: copiesOf(made.event.properties), given: made.given })
    // A timestamp that the caller brought along is of another clock, so it has no known skew.
    putIn(outbox, made.lane, made.format, json, at, made.stamped ? config.now() - now : 0)
    void scheduleOnNew()
  }

  /** Calls `given` inside the `try`, because getters of the caller's objects may throw. */
  function make(given: () => Taken): (Made & Way) | (Refused & Partial<Way>) {
    try {
      const { lane = ownLane, format = self.wire.format, ...rest } = given()
      const serialize = (event: OutlastEvent) => self.wire.serialize(event, format, rest)
      const made = assemble(context, serialize, self.wire.toUtc, { ambient: ports.ambient, ...rest })
      return { lane, format, given: rest, ...made }
    } catch (error) {
      return { reason: 'invalid', detail: show(error) }
    }
  }

  /** Drops an event: counts it and emits `drop`. */
  function drop({ reason, detail, uuid }: Refused): void {
    countDropped(outbox.dropped, reason, 1)
    self.emitDrop(reason, detail, uuid ? [uuid] : [], 1)
  }

  /** An event that comes after `shutdown` is reported as dropped, but no queue counts it any more. */
  function dropClosed(): void {
    log.warnOf('closed', self)
    self.emitDrop('shutdown', 'shutdown', [], 1)
  }

  /** Calls `onNew` in a microtask, so that all events of one task go in one message. */
  async function scheduleOnNew(): Promise<void> {
    if (scheduled) return
    scheduled = true
    await undefined
    scheduled = false
    self.onNew?.()
  }

  const methods: Capture['methods'] = {
    capture(event: string, properties?: Properties, options?) {
      take(() => ({ event, properties, options }))
    },
    enqueue(given) {
      take(() => {
        const { event, properties, distinctId, ...rest } = asRecord(given)
        // Nothing is added: the event was assembled elsewhere, and names its own distinct id.
        const ambient = (asked?: string) => ({ distinctId: asked as string, properties: {} })
        return { event, properties, options: { ...rest, distinctId: distinctId ?? '' }, ambient }
      })
    },
    captureBatch(events, options) {
      if (!Array.isArray(events)) return log.warnOf('batch')
      for (const index of events.keys()) {
        take(() => {
          const { event, properties, ...rest } = asRecord(events[index])
          const lane = asRecord(options).historicalMigration === true ? 'historical' : ownLane
          return { lane, event, properties, options: rest }
        })
      }
    },
    captureAi(event, properties, options) {
      take(() => ({ lane: 'live', format: 'ai', event, properties, options }))
    },
  }

  const self: Capture = {
    methods,
    wire: {
      toUtc: roughTimestamp,
      format: config.format,
      serialize: (event) => serializeForV0(event, config.apiKey, config.mask),
    },
    early: [],
    warnFull() {
      if (self.isFull) return
      self.isFull = true
      log.warnOf('full', maxQueueSize)
    },
    isClosed: false,
    isFull: false,
    emitDrop(reason, detail, uuids, count = uuids.length) {
      const { workerGuards, mask, hooks } = config
      const guarded = !!(mask || workerGuards || hooks.size || ports.ofConsent.withheld) || undefined
      if (count > 0) emitter.emit('drop', { guarded, uuids, count, reason, detail })
    },
  }
  return self
}

/** The platform's own. A runtime without it has no copies. */
declare const structuredClone: (value: unknown) => unknown

function copiesOf(properties: Properties): Properties {
  const copies: Properties = {}
  for (const name of Object.keys(properties)) {
    try {
      copies[name] = structuredClone(properties[name])
    } catch {
      // Functions, elements and the like cannot be copied. The late code reads such a value itself.
    }
  }
  return copies
}
