/**
 * The JSON with U+FFFD for each half of a surrogate pair that stands alone. `JSON.stringify` writes such a half as an escape,
 * which servers refuse, and with it the whole request. A backslash that is itself escaped is passed over with its escape.
 */
export const wellFormedJson = (json: string): string =>
  json.replace(/(\\[^u])|\\ud.../g, (_, other) => other || '\ufffd')
