/** The reference receiver alone: examples/receiver. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { test as base, expect } from '@playwright/test'
import type { Receiver } from './receiver/own-endpoint'
import { startReceiverProcess } from './receiver/process'
import { STARTED } from './receiver/started'

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const event = (n: number, more: object = {}) => ({
  ...{
    event: `event ${n}`,
    uuid: uuid(n),
    timestamp: '2026-01-01T00:00:00.000Z',
    distinctId: 'visitor',
    properties: {},
  },
  ...more,
})
const batch = (...events: object[]) => JSON.stringify({ sentAt: '2026-01-01T00:00:05.000Z', batch: events })

const poster =
  (url: string) =>
  (body: string | Uint8Array, init: RequestInit = {}, at = '/events') =>
    fetch(url + at, { method: 'POST', ...(init.method === undefined ? { body: body as BodyInit } : {}), ...init })

/** A receiver on a PostgreSQL database, and what is in it. */
const test = base.extend<{ receiver: Receiver }, { started: Receiver }>({
  started: STARTED,
  receiver: async ({ started }, use) => {
    await started.reset()
    await use(started)
  },
})
const rowsOf = ({ query }: Receiver) => query<Record<string, unknown>>('select * from events order by uuid')

test('without a database server: an event that comes again is stored once, also after the receiver was killed', async () => {
  // PGlite makes its folder in seconds, or in half a minute on a busy disk.
  test.setTimeout(180_000)
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-receiver-'))
  const DATA_DIR = path.join(folder, 'events')
  let running = await startReceiverProcess({ DATA_DIR })
  try {
    expect((await poster(running.url)(batch(event(1), event(2), event(1)))).status).toBe(200)
    await running.kill()
    running = await startReceiverProcess({ DATA_DIR })
    expect(await (await poster(running.url)(batch(event(2), event(3)))).json()).toEqual({ results: [] })
    await running.kill()
    const database = await PGlite.create(DATA_DIR)
    const { rows } = await database.query('select event, distinct_id, sent_at from events order by uuid')
    await database.close()
    const rest = { distinct_id: 'visitor', sent_at: new Date('2026-01-01T00:00:05.000Z') }
    expect(rows).toEqual([1, 2, 3].map((n) => ({ event: `event ${n}`, ...rest })))
  } finally {
    await running.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('what cannot be stored is refused, and costs nothing beside it', async ({ receiver }) => {
  const post = poster(receiver.url)
  const answers = [
    await post(batch(event(1), event(2, { timestamp: 'soon' }), event(3, { properties: 5 }), event(4, { event: '' }))),
    await post(batch(event(5, { uuid: 'x' }), event(6, { distinctId: null }))),
    // As PostgreSQL cannot read it: half a surrogate pair. The client halves the batch until the event is alone.
    await post(batch(event(7, { properties: { half: '\ud83d' } }))),
    await post('{"sentAt":'),
    await post('null'),
    await post(gzipSync('no JSON'), { headers: { 'Content-Encoding': 'gzip' } }),
    await post('no gzip', { headers: { 'Content-Encoding': 'gzip' } }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400, 200, 400, 400])
  expect(await answers[0]?.json()).toEqual({
    results: [
      { uuid: uuid(2), status: 'drop', reason: 'no timestamp' },
      { uuid: uuid(3), status: 'drop', reason: 'no properties' },
      { uuid: uuid(4), status: 'drop', reason: 'no name' },
    ],
  })
  expect(await answers[1]?.json()).toMatchObject({ results: [{ reason: 'no uuid' }, { reason: 'no distinctId' }] })
  expect((await rowsOf(receiver)).map(({ event: name }) => name)).toEqual(['event 1'])
})

test('bodies have a limit, as they are sent and unpacked; lines, gzip and U+0000 are read', async ({ receiver }) => {
  const post = poster(receiver.url)
  const gzip = { headers: { 'Content-Encoding': 'gzip' } }
  expect((await post('x'.repeat(5_000_000))).status).toBe(413)
  expect((await post(gzipSync('x'.repeat(5_000_000)), gzip)).status).toBe(413)
  const lines = [event(1), event(2, { properties: { text: 'a\0b\\u0000' } })].map((one) => `${JSON.stringify(one)}\n`)
  expect((await post(gzipSync(lines.join('')), gzip)).status).toBe(200)
  expect((await post('')).status).toBe(200)
  expect((await rowsOf(receiver)).map(({ properties }) => properties)).toEqual([{}, { text: 'a\ufffdb\\u0000' }])
})

test('browsers of other origins may post and read the answer, and other requests are none of its', async ({
  receiver,
}) => {
  const post = poster(receiver.url)
  const preflight = await post('', { method: 'OPTIONS' })
  expect(preflight.status).toBe(204)
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'Content-Type, Content-Encoding',
    'access-control-max-age': '86400',
  })
  expect((await post('', { method: 'GET' })).status).toBe(405)
  expect((await post(batch(event(1)), {}, '/batch/')).status).toBe(404)
  expect((await post(batch(event(1)), {}, '/events?key=1')).headers.get('access-control-allow-origin')).toBe('*')
})
