/** Rounds in words and numbers. */

import type { Played } from './play'

export function progressLine({ round, seed, faults, seconds, breaches, ...counted }: Played, rounds: number) {
  const { acknowledged, owed, lost, duplicates, requestsStored, requestsLost, requestsRepeated } = counted
  const verdict = breaches.length === 0 ? 'ok  ' : 'FAIL'
  const number = `${String(round).padStart(String(rounds).length)}/${rounds}`
  const counts = `${acknowledged} acknowledged, ${owed} in time, ${lost} lost, ${duplicates} duplicates`
  const requests = `requests: ${requestsStored} stored, ${requestsLost} lost, ${requestsRepeated} repeated`
  return `${verdict} ${number} seed ${seed}: ${counts}; ${requests}; ${seconds.toFixed(1)} s (${listed(faults)})`
}

/** The one line that a run ends in. */
export function figures(results: Played[], seed: number) {
  const sum = (of: (result: Played) => number) => results.reduce((total, result) => total + of(result), 0)
  const faults: Record<string, number> = {}
  for (const result of results) {
    for (const [name, count] of Object.entries(result.faults)) faults[name] = (faults[name] ?? 0) + count
  }
  const failed = results.filter(({ breaches }) => breaches.length > 0).length
  return [
    `${results.length} rounds from seed ${seed}, ${failed} failed`,
    `${sum((one) => Object.values(one.faults).reduce((total, count) => total + count, 0))} faults (${listed(faults)})`,
    `${sum(({ captured }) => captured)} events captured`,
    `${sum(({ acknowledged }) => acknowledged)} acknowledged`,
    `${sum(({ owed }) => owed)} captured in time`,
    `${sum(({ lost }) => lost)} lost`,
    `${sum(({ duplicates }) => duplicates)} duplicates of lost answers`,
    `${sum(({ requests }) => requests)} requests given, ${sum(({ requestsStored }) => requestsStored)} stored, ${sum(({ requestsArrived }) => requestsArrived)} arrived, ${sum(({ requestsLost }) => requestsLost)} lost, ${sum(({ requestsRepeated }) => requestsRepeated)} sent again`,
    `${sum(({ unacknowledged }) => unacknowledged)} never acknowledged, of which ${sum(({ arrivedAnyway }) => arrivedAnyway)} arrived anyway`,
    `${(sum(({ seconds }) => seconds) / 60).toFixed(1)} min`,
  ].join('; ')
}

/** As the replays report their stories. */
export function forMachines(results: Played[]) {
  const named = results.map((result) => {
    const name = `round ${result.round}, seed ${result.seed}: ${listed(result.faults)}`
    const [failure] = result.breaches
    return failure === undefined ? { name, ...result } : { name, ...result, failure }
  })
  return JSON.stringify(named, null, 2)
}

const listed = (faults: Record<string, number>) =>
  Object.entries(faults)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
