// Goes to the next page once that one has lived for a while without being shown.
const next = `/prerendered.html${location.search}`
const rules = document.createElement('script')
rules.type = 'speculationrules'
rules.textContent = JSON.stringify({ prerender: [{ urls: [next] }] })
document.head.append(rules)
addEventListener('storage', ({ key }) => {
  if (key === 'lived unseen') location.assign(next)
})
