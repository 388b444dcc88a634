/** Buttons that do to the queue what a shop's visitor would take long to do. */

import type { Outlast } from '../src/index'
import type { Capture } from './capture'
import { byId } from './dom'
import { MAX_EVENT_BYTES } from './settings'

const BURST = 100

export function createTools(client: Outlast, capture: Capture): void {
  byId('burst').addEventListener('click', () => {
    for (let number = 1; number <= BURST; number++) capture('burst', { number })
  })
  byId('oversized').addEventListener('click', () => capture('oversized', { text: 'x'.repeat(MAX_EVENT_BYTES) }))
  byId('error').addEventListener('click', () => {
    throw new Error('The till is out of paper')
  })
  byId('flush').addEventListener('click', () => void client.flush())
  const command = `curl -d '{"mode":"ok"}' ${location.origin}/_control/fault`
  byId('command').textContent = command
  const copy = byId('copy')
  copy.addEventListener('click', async () => {
    const done = await navigator.clipboard.writeText(command).then(
      () => true,
      () => false,
    )
    copy.textContent = done ? 'Copied' : 'Select it'
    setTimeout(() => {
      copy.textContent = 'Copy'
    }, 1_500)
  })
}
