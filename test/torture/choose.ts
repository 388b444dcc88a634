/** A person's choice in one of their tabs. */

import type { Page } from 'playwright'
import type { Choice } from './consent'
import type { Recorder } from './recorder'

/**
 * @param refused `optOut` with `clear`, or `optIn`
 * @returns nothing where the page has no client yet
 */
export async function choose(page: Page, refused: boolean, recorder: Recorder): Promise<Choice | undefined> {
  const choice = { refused, from: Date.now(), sureAt: undefined as number | undefined }
  const chosen = await page.evaluate(chooseInPage, refused).catch(() => true)
  if (!chosen) return undefined
  recorder.choices.push(choice)
  return choice
}

function chooseInPage(refused: boolean) {
  const client = window.outlast as Window['outlast'] | undefined
  if (refused) client?.optOut({ clear: true })
  else client?.optIn()
  return client !== undefined
}
