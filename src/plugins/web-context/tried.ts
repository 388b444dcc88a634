/**
 * What `read` gives, or `otherwise` where it throws: a page may replace any of the browser's objects, and functions are
 * the site's. So a value that cannot be read costs no other value.
 */
export function tried<T, U = undefined>(read: () => T, otherwise?: U): T | U {
  try {
    return read()
  } catch {
    // A value that cannot be read counts as one that is not there.
    return otherwise as U
  }
}
