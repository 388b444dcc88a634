/** A run's results for tests: what is not said is empty. */

import type { Results } from './results'
import type { Told } from './rows/delivery'

export const resultsWith = (some: Partial<Results>): Results => ({
  date: '2026-01-01',
  machine: '2 × CPU',
  browser: 'Chromium 1',
  quick: false,
  versions: { outlast: '1.0.0', 'posthog-js': '2.0.0' },
  size: [],
  capture: [],
  load: [],
  interaction: [],
  durable: [],
  backlog: [],
  limits: [],
  delivery: [],
  ...some,
})

export const TOLD: Told = {
  story: 'steady online',
  peer: 'outlast',
  captured: 10,
  delivered: 10,
  lost: 0,
  duplicates: 0,
  requests: 1,
  lastDeliveryMs: 1_500,
}
