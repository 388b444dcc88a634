/**
 * The symbol that marks the options of each request of this library. The platform ignores it. Code that adds to a
 * page's requests by a patched `fetch` leaves marked requests alone, in other copies of the library too.
 */
export const OWN_REQUEST = Symbol.for('outlast.request')
