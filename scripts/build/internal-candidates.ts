/** Lists the internal properties that internal-names.ts does not name yet, and those in it that are used no more. */

import { root } from '../paths'
import { run } from '../problem'
import { INTERNAL_NAMES } from './internal-names'
import { outsideNames } from './outside-names'

await run(() => {
  const { inside } = outsideNames(root)
  const missing = [...inside].filter((name) => name.length > 2 && !(name in INTERNAL_NAMES)).sort()
  const unused = Object.keys(INTERNAL_NAMES).filter((name) => !inside.has(name))
  console.log(`Could be added: ${missing.join(' ') || 'none'}`)
  console.log(`Not a name of the sources any more: ${unused.join(' ') || 'none'}`)
})
