/** Joins what a client is made of besides its first code: the line to the host, and the methods that wait for an answer. */

import type { Clock } from '../../core/base/ports'
import type { Front } from '../first/front'
import type { FeatureFlags, FlagPorts } from '../flags/feature-flags'
import type { CommonOptions } from '../types'
import { createDelivery, type Delivery } from './delivery'
import type { DeliveryConfig } from './delivery-options'
import { createLink, type Link } from './link'
import type { LinkPorts } from './link-ports'
import { speakV1 } from './speak-v1'

export interface ClientParts {
  front: Pick<Front, 'config' | 'outbox' | 'capture' | 'emitter' | 'optedOut'>
  clock: Clock
  /** As `init` was given them. */
  options: CommonOptions
  /** What was read of them. */
  read: DeliveryConfig
  /** How hosts are come by, and what this runtime has to know of what they do. */
  line: Omit<LinkPorts, 'clock' | 'outbox' | 'capture' | 'degraded' | 'warn'>
  /** Loads the code of feature flags, for the first call that needs it. */
  loadFlags(ports: Omit<FlagPorts, 'sender' | 'store' | 'person'>): Promise<FeatureFlags>
  onShutdown?(): void
}

export function assembleClient(parts: ClientParts): { link: Link; delivery: Delivery } {
  const { front, clock, options, read, line, loadFlags, onShutdown } = parts
  const { config, outbox, capture, emitter, optedOut } = front
  const { log, disableGeoip } = config
  const { queue, shutdownTimeout } = read
  if (config.format === 'v1') speakV1(capture, outbox, config.apiKey)
  const degraded: LinkPorts['degraded'] = (change) => emitter.emit('degraded', change)
  const link = createLink(queue, { ...line, clock, outbox, capture, degraded, warn: log.warn })
  capture.onNew = link.handOver
  const delivery = createDelivery({
    capture,
    link,
    log,
    shutdownTimeout,
    optedOut,
    loadFlags: () =>
      loadFlags({ queue, clock, disableGeoip, options, capture: capture.methods.capture, warn: log.warn }),
    onShutdown,
  })
  return { link, delivery }
}
