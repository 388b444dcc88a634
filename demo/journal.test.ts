import { expect, test } from 'vitest'
import { createJournal, type Stage } from './journal'

const DWELL = 380

function start() {
  let time = 0
  const journal = createJournal(() => time)
  const pass = (ms = DWELL) => {
    time += ms
    journal.advance()
  }
  const lane = (stage: Stage) => journal.lane(stage).map(({ uuid }) => uuid)
  return { journal, pass, lane }
}

test('an event that is delivered in an instant is still shown on every stage', () => {
  const { journal, pass, lane } = start()
  journal.move(['a'], 'captured')
  for (const stage of ['queued', 'sending', 'delivered'] as const) journal.move(['a'], stage)
  expect(lane('captured')).toEqual(['a'])
  pass()
  expect(lane('queued')).toEqual(['a'])
  pass()
  expect(lane('sending')).toEqual(['a'])
  pass()
  expect(lane('delivered')).toEqual(['a'])
})

test('what is shown never falls far behind', () => {
  const { journal, pass, lane } = start()
  journal.move(['a'], 'captured')
  for (let attempt = 0; attempt < 50; attempt++) {
    journal.move(['a'], 'queued')
    journal.move(['a'], 'sending')
  }
  journal.move(['a'], 'delivered')
  for (let step = 0; step < 3; step++) pass()
  expect(lane('delivered')).toEqual(['a'])
})

test('queues show the oldest first, ends the latest', () => {
  const { journal, pass, lane } = start()
  journal.move(['a', 'b'], 'queued')
  expect(lane('queued')).toEqual(['a', 'b'])
  journal.move(['b'], 'delivered')
  pass()
  journal.move(['a'], 'delivered')
  pass()
  expect(lane('delivered')).toEqual(['a', 'b'])
})

test('an end is an end, whatever is reported afterwards', () => {
  const { journal, pass, lane } = start()
  journal.move(['a'], 'delivered')
  journal.move(['a'], 'sending')
  pass()
  expect(lane('delivered')).toEqual(['a'])
})

test('ended events are forgotten in time, pending ones never', () => {
  const { journal, pass } = start()
  const many = Array.from({ length: 1_000 }, (_, number) => `event-${number}`)
  journal.move(many, 'captured')
  journal.move(['dropped'], 'dropped')
  pass()
  expect(journal.pending()).toEqual({ all: 1_000, own: 1_000, uncommitted: 1_000 })
  journal.move(many, 'delivered')
  pass()
  pass()
  expect(journal.pending().all).toBe(0)
  expect(journal.lane('delivered').length).toBeLessThan(50)
  expect(journal.lane('dropped')).toHaveLength(1)
})

test('an event is called what it was captured as, or what the collector says it is called', () => {
  const { journal } = start()
  journal.name('a', '$pageview')
  journal.move(['a', 'b'], 'queued')
  expect(journal.lane('queued').map(({ name }) => name)).toEqual(['$pageview', 'event'])
  journal.name('b', 'order_placed')
  expect(journal.lane('queued').map(({ name }) => name)).toEqual(['$pageview', 'order_placed'])
})

test('what is shown is less than half a second behind the counters', () => {
  const { journal, pass, lane } = start()
  const many = Array.from({ length: 100 }, (_, number) => `event-${number}`)
  journal.move(many, 'captured')
  for (const stage of ['queued', 'sending', 'delivered'] as const) journal.move(many, stage)
  for (let ms = 0; ms < 500; ms += 80) pass(80)
  expect(lane('queued')).toEqual([])
  expect(lane('sending')).toEqual([])
  expect(lane('delivered').length).toBeGreaterThan(0)
})

test('the latest event is the last one that this page captured, on its way and at its end', () => {
  const { journal, pass } = start()
  journal.move(['a', 'b'], 'captured')
  journal.move(['of another tab'], 'queued')
  journal.name('c', '$web_vitals')
  journal.move(['c'], 'captured')
  expect(journal.latest()?.uuid).toBe('b')
  journal.move(['b'], 'delivered')
  pass()
  expect(journal.latest()).toMatchObject({ uuid: 'b', stage: 'delivered' })
})
