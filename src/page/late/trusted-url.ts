/** The name of the Trusted Types policy that a page has to allow where it requires Trusted Types. */
const POLICY = 'outlast'

interface Policy {
  createScriptURL(url: string): unknown
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy
}

const POLICY_OF_PAGE = Symbol.for('outlast.trusted-url')

/** A page has one policy for all copies of the library in it, since it may forbid a second policy of the same name. */
const page = globalThis as { trustedTypes?: TrustedTypes; [POLICY_OF_PAGE]?: (url: string) => unknown }

/**
 * A worker's URL as a page with Trusted Types wants it; elsewhere, and where the page does not allow the policy, the
 * text itself.
 *
 * @throws a TypeError where the URL is none of this origin
 */
export function trustedUrl(url: string): string {
  const { trustedTypes } = page
  if (!trustedTypes) return url
  page[POLICY_OF_PAGE] ??= policyOf(trustedTypes)
  return page[POLICY_OF_PAGE](url) as string
}

function policyOf(trustedTypes: TrustedTypes): (url: string) => unknown {
  /** The workers' URLs that clients of this page were given. */
  const known = new Set<string>()
  let policy: Policy
  try {
    policy = trustedTypes.createPolicy(POLICY, {
      createScriptURL(input) {
        if (!known.has(input)) throw new TypeError(`${input} is not the worker's URL`)
        return input
      },
    })
  } catch {
    // The page may allow other policies alone and take a text all the same. Otherwise the browser says so when it gets
    // the text.
    return (url) => url
  }
  return (url) => {
    // Other scripts of the page may call this too: what is no URL of this origin becomes no trusted one.
    if (new URL(url, location.href).origin === location.origin) known.add(url)
    return policy.createScriptURL(url)
  }
}
