/**
 * The JSON with U+FFFD for each half of a surrogate pair that stands alone. `JSON.stringify` writes such a half as an
 * escape, which servers refuse, and with it the whole request. A backslash that is itself escaped is passed over with
 * its escape.
 */
export const wellFormedJson = (json: string): string =>
  // Few texts have any: the others need no look at each of their escapes.
  json.includes('\\ud') ? json.replace(/(\\[^u])|\\ud.../g, (_, other) => other || '\ufffd') : json
