// A site's own worker that patched `fetch` before outlast came, as the query says, for the first two requests.
const real = self.fetch.bind(self)
let calls = 0
const ABUSE = {
  throws() {
    throw new Error('patched')
  },
  'gives garbage': () => ({ what: 'ever' }),
  'gives nothing': () => undefined,
  'never settles': () => new Promise(() => undefined),
}
const abuse = ABUSE[new URL(self.location.href).searchParams.get('fetch')]
self.fetch = (...args) => {
  calls += 1
  return calls <= 2 ? abuse() : real(...args)
}
importScripts('/__outlast/worker.js')
