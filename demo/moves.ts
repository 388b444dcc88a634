/** Lets elements glide from where they were to where they are: measure, change, measure, play the difference back. */

const MOVE_MS = 420
const APPEAR_MS = 240

const calm = matchMedia('(prefers-reduced-motion: reduce)')

export function animateMoves(elements: Map<string, HTMLElement>, change: () => void): void {
  if (calm.matches || document.visibilityState === 'hidden') return change()
  const before = new Map([...elements].map(([key, moved]) => [key, moved.getBoundingClientRect()]))
  change()
  // All measured before any is animated, so that the page is laid out once.
  const moves = [...elements].map(([key, moved]) => ({ moved, from: before.get(key), to: restingPlace(moved) }))
  for (const { moved, from, to } of moves) {
    if (!from) {
      moved.animate({ opacity: [0, 1] }, { duration: APPEAR_MS, easing: 'ease-out' })
      continue
    }
    const [x, y] = [from.left - to.left, from.top - to.top]
    if (x === 0 && y === 0) continue
    moved.animate(
      { transform: [`translate(${x}px, ${y}px)`, 'none'] },
      { duration: MOVE_MS, easing: 'cubic-bezier(0.3, 0.7, 0.2, 1)' },
    )
  }
}

function restingPlace(moved: HTMLElement): DOMRect {
  for (const animation of moved.getAnimations()) animation.cancel()
  return moved.getBoundingClientRect()
}
