/**
 * https://developer.chrome.com/docs/workbox/retrying-requests-when-back-online: the page sends each event itself, and the
 * worker (workbox.worker.ts) keeps the requests that fail. It sees the requests of pages that it controls alone.
 */

import type { PeerClient, PeerConfig } from './peer'

export function start({ host }: PeerConfig): PeerClient {
  return {
    ready: controlled(),
    capture(name, properties) {
      const body = JSON.stringify({ name, time: Date.now(), properties })
      // A request that fails is the worker's to keep.
      fetch(`${host}/workbox`, { method: 'POST', body, keepalive: true }).catch(() => undefined)
    },
  }
}

async function controlled() {
  await navigator.serviceWorker.register('/worker.js')
  if (navigator.serviceWorker.controller) return
  await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
}
