import { install } from 'outlast/worker'
import { precacheAndRoute } from 'workbox-precaching'

precacheAndRoute([{ url: '/index.html', revision: '1' }])

install({
  // Applied to the events of every page, whichever version of the app captured them.
  beforeSend: (event) => ({ ...event, properties: { ...event.properties, checked_by: 'worker' } }),
})

self.addEventListener('install', () => self.skipWaiting())
