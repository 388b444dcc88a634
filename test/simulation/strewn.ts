/** Scenes among the steps of a plan, each in one piece. */

import type { Step } from './steps'

/** Steps at the end of a plan that belong together. */
const LAST_STEPS = 4

export function strewn(among: Step[], scenes: Step[][], pick: <T>(of: readonly T[]) => T): Step[] {
  const last = Math.max(0, among.length - LAST_STEPS)
  const places = among.flatMap((_, place) => (place > 0 && place < last && !among[place - 1]?.together ? [place] : []))
  const at = new Map<number, Step[]>()
  for (const steps of scenes) {
    const place = pick(places.length > 0 ? places : [among.length])
    at.set(place, [...(at.get(place) ?? []), ...steps])
  }
  return [...among.flatMap((step, place) => [...(at.get(place) ?? []), step]), ...(at.get(among.length) ?? [])]
}
