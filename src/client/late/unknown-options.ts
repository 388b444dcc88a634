/** Names what was given in place of an option, and the option that was probably meant. */

import { attributeOf } from '../../core/base/attribute-of'
import { show } from '../../core/base/values'
import { nearestName, plain } from './nearest-name'

/**
 * The names that posthog-js and other libraries have, in small letters and without underscores, and the options meant.
 */
const ELSEWHERE: Record<string, string> = {
  apihost: 'host',
  ingestionurl: 'host',
  path: 'endpoint',
  url: 'host',
  sanitizeproperties: 'beforeSend',
  propertydenylist: 'beforeSend',
  propertyblacklist: 'beforeSend',
  disablepersistence: "persistence: 'memory'",
  cookielessmode: 'cookieless',
  optoutcapturingbydefault: "consent: 'denied'",
  optoutpersistencebydefault: "consent: 'denied'",
  respectdnt: 'respectDnt',
  respectgpc: 'respectGpc',
  consentmode: 'consent',
  loaded: 'nothing: what init returns is usable at once',
  capturepageview: 'pageviews(outlast), of outlast/pageviews',
  autocapture: 'nothing: what is not captured by name is not captured',
  onrequesterror: 'onError',
  serviceworker: 'worker',
  batchsize: 'maxBatchSize',
  timeout: 'requestTimeout',
  userid: 'distinctId',
  time: 'timestamp',
  id: 'uuid',
  insertid: 'uuid',
}

/** What the script tag has besides options of `init`. */
const ATTRIBUTES = ['key', 'distinctId', 'pageviews', 'webVitals', 'webContext', 'bots', 'exceptions', 'tracingHeaders']

/** The warning about a name that is no option. */
export function unknownOption(name: string, known: readonly string[], where: string): string {
  const meant = meantBy(name, known)
  if (meant === name)
    return `${show(name)} is no attribute: a text cannot say it, so it is an option of init in a script`
  return `${show(name)} is no option of ${where}${meant === undefined ? '; it is ignored.' : `; did you mean ${meant}?`}`
}

function meantBy(name: string, known: readonly string[]): string | undefined {
  const asked = plain(name)
  const elsewhere = Object.hasOwn(ELSEWHERE, asked) ? ELSEWHERE[asked] : undefined
  // The name of another object's option is no help here.
  if (elsewhere !== undefined && (known.includes(elsewhere) || /\W/.test(elsewhere))) return elsewhere
  if (!name.startsWith('data-')) return nearestName(name, known)
  const nearest = nearestName(name, [...known, ...ATTRIBUTES])
  return nearest === undefined ? undefined : attributeOf(nearest)
}
