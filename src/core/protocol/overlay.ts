/** Headers over others, whatever the case of their names: `fetch` would join two of one name to one value. */
export function overlay(under: Record<string, string>, over: Record<string, string>): Record<string, string> {
  const taken = new Set(Object.keys(over).map((name) => name.toLowerCase()))
  const rest = Object.entries(under).filter(([name]) => !taken.has(name.toLowerCase()))
  return { ...Object.fromEntries(rest), ...over }
}
