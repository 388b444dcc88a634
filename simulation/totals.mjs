// @ts-check
/** What a number of runs came to. */

/** @typedef {Omit<import('./index').Outcome, 'breach'>} Outcome */

export function newTotals() {
  /** @type {Map<string, number>} */
  const faults = new Map()
  const counts = { captured: 0, acknowledged: 0, delivered: 0, dropped: 0, duplicates: 0, requests: 0 }
  return { started: performance.now(), runs: 0, steps: 0, ...counts, faults }
}

/**
 * @param {ReturnType<typeof newTotals>} totals
 * @param {Outcome} outcome
 */
export function note(totals, outcome) {
  totals.runs += 1
  for (const name of /** @type {const} */ ([
    'steps',
    'captured',
    'acknowledged',
    'delivered',
    'dropped',
    'duplicates',
    'requests',
  ])) {
    totals[name] += outcome[name]
  }
  for (const [kind, count] of outcome.faults) totals.faults.set(kind, (totals.faults.get(kind) ?? 0) + count)
}

/** @param {ReturnType<typeof newTotals>} totals */
export function totalsLine({
  started,
  runs,
  steps,
  captured,
  acknowledged,
  delivered,
  dropped,
  duplicates,
  requests,
  faults,
}) {
  const seconds = (performance.now() - started) / 1000
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  return [
    `${steps} steps in ${runs} runs, ${seconds.toFixed(1)} s`,
    `events: ${captured} captured, ${acknowledged} acknowledged, ${delivered} delivered, ${dropped} dropped, ${duplicates} duplicates`,
    `${requests} requests`,
    `${all} faults of ${faults.size} kinds`,
  ].join('; ')
}

/**
 * @param {ReturnType<typeof newTotals>} totals
 * @returns {string[][]} the kinds of faults and how often each happened
 */
export function faultRows({ faults }) {
  return [...faults].sort(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => [kind, String(count)])
}
