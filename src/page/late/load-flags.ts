/** Loads the code of feature flags into a page. */

import type { Front } from '../../client/first/front'
import type { FeatureFlags, FlagPorts } from '../../client/flags/feature-flags'
import { type FlagContext, followContext } from '../../client/late/flag-context'

/**
 * @param options as `init` was given them
 * @param settled resolves once the disk has answered what the person has chosen last
 */
export async function loadFeatureFlags(
  ports: Omit<FlagPorts, 'sender' | 'store' | 'person' | 'context'>,
  front: Front,
  context: FlagContext,
  options: unknown,
  settled: () => Promise<void>,
): Promise<FeatureFlags> {
  const { createFeatureFlags, followingSender } = await import('./flags')
  const sender = followingSender()
  // A refusal that localStorage has lost may be on the disk.
  await settled()
  const { lasting: store, person } = front
  const flags = createFeatureFlags({ ...ports, store, person: () => person.state, context, sender })
  followContext(front, context, flags, options)
  return flags
}
