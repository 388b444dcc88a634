/** Opens the inspector of the stored queue, and loads it only then. */

import type { Outlast } from '../src/index'
import { byId } from './dom'

export function offerInspector(client: Outlast): void {
  const place = byId<HTMLDetailsElement>('inspect')
  place.addEventListener('toggle', () => void toggle(place, client))
}

async function toggle(place: HTMLDetailsElement, client: Outlast): Promise<void> {
  place.querySelector('outlast-inspector')?.remove()
  if (!place.open) return
  await import('../src/inspector')
  const inspector = document.createElement('outlast-inspector')
  inspector.client = client
  place.append(inspector)
}
