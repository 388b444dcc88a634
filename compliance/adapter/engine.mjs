// @ts-check
/** Where SDKs run: what the adapter needs of a browser or of Node. */

import { startChromiumEngine } from './chromium-engine.mjs'
import { startNodeEngine } from './node-engine.mjs'

/**
 * @typedef {'features' | 'capture' | 'captureAi' | 'flush' | 'getFeatureFlag' | 'state'} Method
 */

/** @typedef {import('./driver.mjs').Outcome} Outcome */

/**
 * One SDK, independent of all others.
 *
 * @typedef {object} Instance
 * @property {import('./gateway.mjs').Passed[]} log its requests
 * @property {(method: Method, argument?: object) => Promise<Outcome>} call never rejects
 * @property {() => Promise<void>} discard ends it at once; what it had not sent is never sent
 */

/**
 * @typedef {object} Opening
 * @property {string} apiKey
 * @property {string} target
 * @property {string | undefined} testId
 * @property {Record<string, unknown>} options
 */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {(opening: Opening) => Promise<{ ok: true, instance: Instance } | import('./driver.mjs').Failed>} open
 * @property {() => Promise<void>} close
 */

/** @typedef {'chromium' | 'node'} EngineName */

/**
 * @param {EngineName} name
 * @returns {Promise<Engine>}
 */
export function startEngine(name) {
  return name === 'node' ? startNodeEngine() : startChromiumEngine()
}

/**
 * What the library that an engine runs can do.
 *
 * @param {Engine} engine
 */
export async function featuresOf(engine) {
  const opening = { apiKey: 'phc_probe', target: 'http://127.0.0.1:9', testId: undefined, options: {} }
  const opened = await engine.open(opening)
  if (!opened.ok) return opened
  const features = await opened.instance.call('features')
  await opened.instance.discard()
  return features
}
