/**
 * Merges two sets of headers. Where both have a header, in any case of its name, the one in `over` counts: `fetch`
 * would join the two values to one.
 */
export function overlay(under: Record<string, string>, over: Record<string, string>): Record<string, string> {
  const taken = new Set(Object.keys(over).map((name) => name.toLowerCase()))
  const rest = Object.entries(under).filter(([name]) => !taken.has(name.toLowerCase()))
  return { ...Object.fromEntries(rest), ...over }
}
