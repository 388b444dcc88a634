import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Ingest, startIngest } from './ingest'

let ingest: Ingest
beforeEach(async () => {
  ingest = await startIngest('bare')
})
afterEach(() => ingest.close())

const send = (ids: string[]) =>
  fetch(`${ingest.url}/bare`, {
    method: 'POST',
    body: JSON.stringify(ids.map((bench_id) => ({ properties: { bench_id } }))),
  })

describe('the endpoint', () => {
  it('counts different events, and those that came again', async () => {
    await send(['a', 'b'])
    await send(['b', 'c'])
    expect(await ingest.arrived(3, 1_000)).toBe(true)
    expect(await ingest.account()).toMatchObject({ events: 3, duplicates: 1, requests: 2, refused: 0 })
  })

  it('refuses with 503 without counting', async () => {
    ingest.fault({ mode: '503', count: 1 })
    expect((await send(['a'])).status).toBe(503)
    expect((await send(['a'])).status).toBe(200)
    expect(await ingest.account()).toMatchObject({ events: 1, duplicates: 0, requests: 1, refused: 1 })
  })

  it('loses an answer but not its events', async () => {
    ingest.fault({ mode: 'lost', count: 1 })
    await expect(send(['a'])).rejects.toThrow()
    expect(await ingest.account()).toMatchObject({ events: 1, requests: 1 })
  })

  it('takes nothing while it is down', async () => {
    ingest.fault({ mode: 'down' })
    await expect(send(['a'])).rejects.toThrow()
    expect(await ingest.account()).toMatchObject({ events: 0, refused: 1 })
  })

  it('cuts a request that hangs when the fault ends', async () => {
    ingest.fault({ mode: 'hang', count: 1 })
    const hanging = send(['a'])
    await ingest.requested(1, 1_000)
    ingest.fault({ mode: 'ok' })
    await expect(hanging).rejects.toThrow()
    expect(await ingest.account()).toMatchObject({ events: 0, refused: 1 })
  })

  it('says when what is awaited has not come', async () => {
    expect(await ingest.arrived(1, 50)).toBe(false)
  })
})
