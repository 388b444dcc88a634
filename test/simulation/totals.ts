/** What a number of runs came to. */

type Outcome = Omit<import('./index').Outcome, 'breach'>

const OF_RELAYS = { relayed: 0, relayDelivered: 0, relayDropped: 0, relayOfWorkers: 0 }

export function newTotals() {
  const faults = new Map<string, number>()
  const counts = {
    captured: 0,
    acknowledged: 0,
    delivered: 0,
    dropped: 0,
    duplicates: 0,
    requests: 0,
    ofWorkers: 0,
    ...OF_RELAYS,
  }
  return { started: performance.now(), runs: 0, steps: 0, ...counts, faults }
}

export function note(totals: ReturnType<typeof newTotals>, outcome: Outcome) {
  totals.runs += 1
  for (const name of [
    'steps',
    'captured',
    'acknowledged',
    'delivered',
    'dropped',
    'duplicates',
    'requests',
    'ofWorkers',
    'relayed',
    'relayDelivered',
    'relayDropped',
    'relayOfWorkers',
  ] as const) {
    totals[name] += outcome[name]
  }
  for (const [kind, count] of outcome.faults) totals.faults.set(kind, (totals.faults.get(kind) ?? 0) + count)
}

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
  ofWorkers,
  relayed,
  relayDelivered,
  relayDropped,
  relayOfWorkers,
  faults,
}: ReturnType<typeof newTotals>) {
  const seconds = (performance.now() - started) / 1000
  const share = (100 * relayDelivered) / Math.max(1, delivered + relayDelivered)
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  return [
    `${steps} steps in ${runs} runs, ${seconds.toFixed(1)} s`,
    `events: ${captured} captured, ${acknowledged} acknowledged, ${delivered} delivered, ${dropped} dropped, ${duplicates} duplicates`,
    `${requests} batches sent, ${ofWorkers} by workers`,
    `requests: ${relayed} given, ${relayDelivered} delivered (${share.toFixed(0)}% of all), ${relayDropped} dropped, ${relayOfWorkers} sent by workers`,
    `${all} faults of ${faults.size} kinds`,
  ].join('; ')
}

/** @returns the kinds of faults and how often each happened */
export function faultRows({ faults }: ReturnType<typeof newTotals>): string[][] {
  return [...faults].sort(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => [kind, String(count)])
}
