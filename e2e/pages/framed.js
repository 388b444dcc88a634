import { init } from '/outlast/index.js'

const options = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
const client = init('phc_test', options)
client.capture('framed')
parent.postMessage(await client.ready, '*')
