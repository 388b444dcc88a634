/** Whether a browser says that its user wants no observation, and the site heeds that. */

/** The options of a client, and of a relay, that say what the site heeds. */
interface Heeded {
  respectDnt?: unknown
  respectGpc?: unknown
}

/** The signals of a browser. */
interface Said {
  doNotTrack?: string | null
  globalPrivacyControl?: unknown
}

/** On a server, which has no navigator, nothing is objected to. */
export function browserObjects(
  { respectDnt, respectGpc }: Heeded,
  { doNotTrack, globalPrivacyControl }: Said = globalThis.navigator ?? {},
): boolean {
  return !!((respectDnt && /1|yes/.test(`${doNotTrack}`)) || (respectGpc && globalPrivacyControl))
}
