import { init } from '/outlast/index.js'

const options = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
const client = init('phc_test', options)
let degraded
client.on('degraded', (detail) => {
  degraded = detail
})
addEventListener('message', ({ data }) => {
  for (const uuid of data.uuids) client.capture('framed', {}, { uuid })
  parent.postMessage({ degraded }, '*')
})
client.capture('framed')
parent.postMessage(await client.ready, '*')
