import { relay } from '/outlast/relay.js'

window.relay = relay
const options = new URLSearchParams(location.search).get('relay')
if (options) window.send = relay(JSON.parse(options))
