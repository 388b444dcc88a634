/**
 * Texts that are no person's id. Each stems from a mistake in a site's code, and would make one person of all its
 * visitors.
 */

/**
 * What code makes of a value that is not there, in any case, and in quotes of either kind too. It is no group's name
 * either.
 */
const NOTHING = /^\s*(["']?)(nan|distinct_?id|\[object .*]|true|undefined|null|-?infinity|false)\1\s*$/i

/** Whether the text names nothing: neither a person, nor the type or the key of a group. */
export const namesNothing = (text: string): boolean => NOTHING.test(text)
