/**
 * https://docs.snowplow.io/docs/sources/web-trackers/configuring-how-events-sent/: POST, events kept in localStorage (the
 * default, whose bound of 1000 is raised), `keepalive` for what leaves with the page, retries of failed requests (the
 * default), and a flush when the page is hidden (the default). One event per request is the default too.
 */

import { newTracker, trackSelfDescribingEvent } from '@snowplow/browser-tracker'
import type { PeerClient, PeerConfig } from './peer'

export function start(config: PeerConfig): PeerClient {
  return startWith(config, { keepalive: true })
}

export function startWith({ host }: PeerConfig, more: object): PeerClient {
  newTracker('bench', host, {
    appId: 'bench',
    eventMethod: 'post',
    ...more,
    maxLocalStorageQueueSize: 1_000_000,
    contexts: { webPage: true },
  })
  return {
    ready: Promise.resolve(),
    capture: (name, properties) =>
      trackSelfDescribingEvent({
        event: { schema: 'iglu:com.example/bench/jsonschema/1-0-0', data: { name, ...properties } },
      }),
  }
}
