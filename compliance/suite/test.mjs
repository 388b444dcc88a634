// @ts-check
/** How a test of the suites is written down. */

/**
 * @typedef {object} Test
 * @property {string} suite
 * @property {string} name category.name
 * @property {('client' | 'server')[] | undefined} types the sdk types that it is for; undefined: it does not depend on it
 * @property {string | undefined} requires a capability of the adapter
 * @property {number} waitMs the wait that the contract states, 0 for none
 * @property {(t: import('./stage.mjs').Stage) => Promise<void>} run throws what is wrong
 */

/** @typedef {{ types?: Test['types'], requires?: string, wait?: number }} Traits */

/**
 * @param {string} suite
 * @param {Traits} [shared] what its tests have in common
 */
export function suiteOf(suite, shared = {}) {
  /**
   * @param {string} name
   * @param {Traits} traits
   * @param {Test['run']} run
   * @returns {Test}
   */
  return (name, traits, run) => {
    const { types, requires, wait = 0 } = { ...shared, ...traits }
    return { suite, name, types, requires, waitMs: wait, run }
  }
}
