/**
 * Calls back at once where the page has been shown to a person, or once it is: one that was prerendered or opened in the
 * background may never be.
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
