import { install } from '/outlast/worker.js'

install({
  beforeSend(event) {
    if (event.event === 'private') return null
    const { secret, ...properties } = event.properties
    return { ...event, properties: { ...properties, seen_by: 'worker' } }
  },
})
self.addEventListener('install', () => self.skipWaiting())
