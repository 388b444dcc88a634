/** The counters, as the equation that always adds up. */

import type { Stats } from '../src/index'
import { byId, setText } from './dom'

export const totalDropped = ({ dropped }: Stats) => Object.values(dropped).reduce((sum, number) => sum + number, 0)

export function createCounters(): (stats: Stats) => void {
  const equation = byId('equation')
  return (stats) => {
    const { accepted, delivered, pending } = stats
    for (const [name, number] of Object.entries({ accepted, delivered, pending, dropped: totalDropped(stats) })) {
      const counter = equation.querySelector(`[data-count="${name}"]`)
      if (counter) setText(counter, number.toLocaleString('en'))
    }
  }
}
