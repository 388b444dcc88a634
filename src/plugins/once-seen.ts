/**
 * Calls back once the page has been shown to a person, at once where it has been shown already. A page that was
 * prerendered or opened in the background may never be shown.
 */
export function onceSeen(): (then: () => void) => void {
  let seen = document.visibilityState === 'visible'
  const waiting: (() => void)[] = []
  const look = () => {
    if (document.visibilityState !== 'visible') return
    removeEventListener('visibilitychange', look, true)
    seen = true
    for (const then of waiting.splice(0)) then()
  }
  if (!seen) addEventListener('visibilitychange', look, true)
  return (then) => {
    if (seen) then()
    else waiting.push(then)
  }
}
