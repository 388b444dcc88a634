/** Says where the queue lives: in the worker or, where there is none, in this page. */

import type { Outlast, Ready } from '../src/index'
import { byId, setText } from './dom'

const WORDS: Record<Ready['host'], string> = {
  worker: 'Queue: service worker, IndexedDB',
  page: 'Queue: this page, IndexedDB',
  memory: 'Queue: this page, memory only',
}

export function showHome(client: Outlast): void {
  const home = byId('home')
  const show = (host: Ready['host'], why = '') => {
    setText(home, WORDS[host])
    home.parentElement?.setAttribute('data-host', host)
    if (why) home.title = why
  }
  client.on('degraded', ({ to, reason }) => show(to, reason))
  void client.ready.then(({ host }) => show(host))
}
