/** Makes a failing plan small: leaves out what the same breach happens without (delta debugging). */

import type { Outcome, Play } from './index'
import type { Plan, Step } from './steps'

export async function shrink(plan: Plan, failed: Outcome, play: Play, mostRuns: number): Promise<Plan> {
  const check = failed.breach?.check
  let runs = 0
  const fails = async (steps: Step[]) => {
    runs += 1
    return (await play({ ...plan, steps })).breach?.check === check
  }
  let steps = plan.steps.slice(0, failed.steps)
  for (let size = Math.ceil(steps.length / 2); size >= 1 && runs < mostRuns; ) {
    let smaller = false
    for (let from = 0; from < steps.length && runs < mostRuns; ) {
      const rest = [...steps.slice(0, from), ...steps.slice(from + size)]
      if (await fails(rest)) {
        steps = rest
        smaller = true
      } else {
        from += size
      }
    }
    if (size === 1 && !smaller) break
    size = size === 1 ? 1 : Math.ceil(size / 2)
  }
  return { ...plan, steps }
}
