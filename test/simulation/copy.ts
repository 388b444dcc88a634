/** A structured clone of plain data, which is all that the library stores and posts. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  // An array of strings, which the events are, is the longest thing there is.
  if (Array.isArray(value)) return (typeof value[0] === 'string' ? value.slice() : value.map(copy)) as T
  const made: Record<string, unknown> = {}
  for (const key in value) {
    const part = value[key]
    made[key] = typeof part === 'object' ? copy(part) : part
  }
  return made as T
}
