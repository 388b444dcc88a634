/** Joins what a client is made of besides its first code: the host client, and the methods that have answers. */

import type { Clock } from '../../core/base/ports'
import { writeJson } from '../../core/event/write-json'
import type { Handover } from '../../core/queue/handover'
import type { Front } from '../first/front'
import type { FeatureFlags, FlagPorts } from '../flags/feature-flags'
import type { CommonOptions } from '../types'
import type { Correct } from './corrections'
import { createDelivery, type Delivery } from './delivery'
import type { DeliveryConfig } from './delivery-options'
import { createHostClient, type HostClient } from './host-client'
import type { HostClientPorts } from './host-client-ports'
import type { Masking } from './masking'
import { useOwnEndpoint } from './own-endpoint'
import { switchToV1 } from './switch-to-v1'
import { writeValues } from './write-values'

export interface ClientParts {
  front: Pick<Front, 'setup' | 'outbox' | 'capture' | 'emitter'> & {
    ofConsent: Pick<Front['ofConsent'], 'optedOut'>
  } & Partial<Pick<Front, 'person' | 'profiles'>>
  clock: Clock
  /** The options as `init` was given them. */
  options: CommonOptions
  /** The options that the delivery needs, parsed. */
  read: DeliveryConfig
  /** What the option `mask` leaves out of addresses; absent without it. */
  masking: Masking | undefined
  /** What the options about the person change of the events so far. Default nothing. */
  correct?: Correct
  /** How this runtime connects to hosts, and what it is told of their work. */
  hostPorts: Omit<HostClientPorts, 'clock' | 'outbox' | 'capture' | 'degraded' | 'onHost' | 'warn' | 'warnOf'>
  /** Loads the code of feature flags, for the first call that needs it. */
  loadFlags(ports: Omit<FlagPorts, 'sender' | 'store' | 'person' | 'context'>): Promise<FeatureFlags>
  onShutdown?(): void
}

export interface AssembledClient {
  hostClient: HostClient
  delivery: Delivery
  /** The handovers that differ from what the first code may have written to disk. */
  amended: Handover[]
}

export function assembleClient(parts: ClientParts): AssembledClient {
  const { front, clock, options, read, masking, correct, hostPorts, loadFlags, onShutdown } = parts
  const { setup: config, outbox, capture, emitter, ofConsent } = front
  const optedOut = () => ofConsent.optedOut
  const { logs: log, disableGeoip } = config
  const { queue, shutdownTimeout } = read
  const amended = writeValues(front, masking, correct)
  if (read.mode === 'v1') switchToV1(capture, outbox, config.apiKey)
  const own = queue.endpoint && useOwnEndpoint(front)
  const degraded: HostClientPorts['degraded'] = (change) => emitter.emit('degraded', change)
  const onHost: HostClientPorts['onHost'] = (ready) => emitter.emit('host', ready)
  const { warn, warnOf } = log
  const hostClient = createHostClient(queue, {
    ...{ ...hostPorts, clock, outbox, capture, degraded, onHost, warn, warnOf },
  })
  capture.onNew = hostClient.handOver
  let failure: string | undefined
  emitter.on('retry', ({ cause }) => {
    failure = cause
  })
  const delivery = createDelivery({
    lastFailure: () => failure,
    noFlags: own?.noFlags ?? (() => false),
    capture,
    hostClient,
    log,
    shutdownTimeout,
    optedOut,
    loadFlags: () =>
      loadFlags({
        queue,
        clock,
        disableGeoip,
        options,
        capture(event, properties, options) {
          // A minimal event is told nothing more than whether it makes a profile.
          const { profiles, person } = front
          const profile = person && profiles?.of(person.state.distinctId, person.state)
          capture.methods.capture(event, { ...profile, ...properties }, options)
        },
        warn,
        warnOf,
        allowed: () => !capture.isClosed && !optedOut(),
        write: (value) => writeJson(value, masking) ?? '',
      }),
    onShutdown,
  })
  return { hostClient, delivery, amended }
}
