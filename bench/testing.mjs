// @ts-check
/** A run's results for tests: what is not said is empty. */

/**
 * @param {Partial<import('./results.mjs').Results>} some
 * @returns {import('./results.mjs').Results}
 */
export const resultsWith = (some) => ({
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

/** @type {import('./rows/delivery.mjs').Told} */
export const TOLD = {
  story: 'steady online',
  peer: 'outlast',
  captured: 10,
  delivered: 10,
  lost: 0,
  duplicates: 0,
  requests: 1,
  lastDeliveryMs: 1_500,
}
