/** Planted bugs in what a relay does with requests. */

import type { Edit } from './bundle'

export const MUTANTS_OF_REQUESTS: (Edit & { name: string; promise: string })[] = [
  {
    name: 'request that does not wait for an earlier one',
    promise: 'P5',
    file: 'src/core/queue/claim.ts',
    find: 'config.relay !== undefined && pending > lanes.live.count + lanes.historical.count',
    replace: 'config.relay !== undefined && pending < lanes.live.count',
  },
  {
    name: 'request answered with 202 before it is stored',
    promise: 'P2',
    file: 'src/page/relay/relay-host.ts',
    find: '        waiting.set(made, { request, resolve })\n',
    replace:
      '        waiting.set(made, { request, resolve })\n        void client.ready.then((ready) => (note(ready), settle([made], false)))\n',
  },
  {
    name: 'request replaced by one of another key',
    promise: 'P5',
    file: 'src/core/queue/replace.ts',
    find: `  const before = known.get(given.key) ?? 0
  const [held] = parseChunk(await tx.get('chunks', [queue.key, lane, before]))?.events ?? []
  const other = held === undefined ? undefined : keyOf(held)
  let stays = id
  if (held !== undefined && other?.key === given.key) {`,
    replace: `  const before = [...known.values()].at(-1) ?? 0
  const [held] = parseChunk(await tx.get('chunks', [queue.key, lane, before]))?.events ?? []
  const other = held === undefined ? undefined : keyOf(held)
  let stays = id
  if (held !== undefined && other) {`,
  },
  {
    name: 'bytes of a body cut to seven bits',
    promise: 'P4',
    file: 'src/page/relay/stored-form.ts',
    find: 'text += String.fromCharCode(byte)',
    replace: 'text += String.fromCharCode(byte & 127)',
  },
  {
    name: 'hosts that wait for one another',
    promise: 'P6',
    file: 'src/core/host/host.ts',
    find: `senderId: \`\${instance} \${queue}\``,
    replace: 'senderId: instance',
  },
  {
    name: 'requests of all hosts sent to the first',
    promise: 'P11',
    file: 'src/page/relay/relay.ts',
    find: 'await form.host.take(form)',
    replace: 'await ([...hosts.values()][0] as RelayHost).take(form)',
  },
  {
    name: 'header kept for ever',
    promise: 'P11',
    file: 'src/core/protocol/wire-relay.ts',
    find: 'return now - at > limit || (now - at > keptFor &&',
    replace: 'return at - at > limit || (at - at > keptFor &&',
  },
  {
    name: 'host whose requests are sent once another host is done with',
    promise: 'P6',
    file: 'src/core/delivery/drive.ts',
    find: 'const transport = pool.get(queue)\n',
    replace: 'await [...drivers].find(([other]) => other !== queue)?.[1].status\n const transport = pool.get(queue)\n',
  },
]
