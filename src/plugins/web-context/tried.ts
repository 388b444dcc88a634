/**
 * What is read, or else the other, where it throws: a page may replace any of the browser's objects, and functions are the
 * site's. So one value that cannot be read costs itself alone.
 */
export function tried<T, U = undefined>(read: () => T, otherwise?: U): T | U {
  try {
    return read()
  } catch {
    // It counts as one that is not there.
    return otherwise as U
  }
}
