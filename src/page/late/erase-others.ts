import type { Choice } from '../../client/first/consent'
import type { Front } from '../../client/first/front'
import { PERSON_KEY } from '../../client/first/person'
import { show } from '../../core/base/values'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'
import { loadOnce } from './load-once'

const ask = loadOnce(() => import('./erase-stored'))

/**
 * Has a page that stores nothing itself erase what other pages of the project have stored. Never rejects.
 *
 * @param choice the refusal that asked for the erasure
 */
export async function eraseOthers(
  { setup: { apiKey, logs }, ofConsent }: Pick<Front, 'setup' | 'ofConsent'>,
  choice: Choice,
): Promise<void> {
  // This is done at once, since the page may be left: the next page that stores takes a missing person for one who is
  // to be erased.
  openStorage('localStorage')?.removeItem(`${STORAGE_PREFIX}${apiKey}:${PERSON_KEY}`)
  try {
    const { eraseStored } = await ask()
    await eraseStored(apiKey, choice, ofConsent.choice.at === choice.at)
  } catch (error) {
    logs.warn(`what earlier pages have stored is erased by the next page that stores (${show(error)})`)
  }
}
