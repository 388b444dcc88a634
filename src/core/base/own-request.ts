/**
 * Marks the options of each request that this library makes itself, which the platform does not look at: code that adds to a page's
 * requests by a patched `fetch` leaves these alone. Known to other copies of the code too.
 */
export const OWN_REQUEST = Symbol.for('outlast.request')
