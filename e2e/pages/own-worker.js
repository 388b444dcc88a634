// A site's own worker, which had a life before outlast.
self.outlast = {
  beforeSend(event) {
    if (event.event === 'private') return null
    const { secret, ...properties } = event.properties
    return { ...event, properties: { ...properties, seen_by: 'worker' } }
  },
}
importScripts('/__outlast/worker.js')
self.addEventListener('install', () => self.skipWaiting())
