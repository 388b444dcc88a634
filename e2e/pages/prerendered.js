import { init } from '/outlast/index.js'

const outlast = init('phc_test', JSON.parse(new URLSearchParams(location.search).get('init')))
outlast.capture('early')

// Long enough for whatever it would do, were it a page like any other.
const UNSEEN_MS = 1000
setTimeout(async () => {
  const databases = (await indexedDB.databases()).map(({ name }) => name)
  document.addEventListener('prerenderingchange', () => {
    const [{ activationStart }] = performance.getEntriesByType('navigation')
    const shown_at = Math.floor(performance.timeOrigin + activationStart)
    outlast.capture('shown', { prerendered: activationStart > 0, databases, shown_at })
  })
  localStorage.setItem('lived unseen', String(document.prerendering))
}, UNSEEN_MS)
