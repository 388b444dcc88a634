/** Warns of what cannot be used of the option `bootstrap`. */

import { asRecord, isText } from '../../core/base/values'
import { asText, namesNobody } from '../../core/event/ids'
import { sessionIdOf } from '../first/session'
import { checkOptions } from './delivery-options'
import { warnOfUnknown } from './unknown-options'

const NAMES = ['distinctId', 'isIdentifiedId', 'sessionId', 'featureFlags', 'featureFlagPayloads']

function isUsable(given: unknown): boolean {
  const text = asText(given)
  return isText(text) && !namesNobody(text)
}

export function warnOfBootstrap(given: unknown, warn: (message: string) => void): void {
  warnOfUnknown(given, NAMES, 'bootstrap', warn)
  const check = checkOptions(asRecord(given), (problem) => warn(`bootstrap: ${problem}`))
  check('distinctId', isUsable, 'the id of one person, a non-empty string; using a new anonymous id')
  check('isIdentifiedId', (given) => typeof given === 'boolean', 'true or false; using false')
  check('sessionId', (given) => sessionIdOf(given) !== undefined, 'a UUIDv7; using a session of its own')
}
