/** The name of the Trusted Types policy that a page has to allow where it requires Trusted Types. */
const POLICY = 'outlast'

interface Policy {
  createScriptURL(url: string): unknown
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy
}

/** The workers' URLs that clients of this page were given. */
const known = new Set<string>()

/** Made once: a page may forbid a second policy of the same name. */
let policy: Policy | undefined

/**
 * A worker's URL as a page with Trusted Types wants it; elsewhere the text itself.
 *
 * @throws a TypeError where the page does not allow the policy
 */
export function trustedUrl(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  if (!trustedTypes) return url
  known.add(url)
  policy ??= trustedTypes.createPolicy(POLICY, {
    createScriptURL(input) {
      if (!known.has(input)) throw new TypeError(`${input} is not the worker's URL`)
      return input
    },
  })
  return policy.createScriptURL(url) as string
}
