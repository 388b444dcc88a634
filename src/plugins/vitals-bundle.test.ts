import { expect, test } from 'vitest'
import type { Properties } from '../core/event/event'
import { BUNDLE_MS, createBundle, type Vital } from './vitals-bundle'

const vital = (name: string, url = 'https://shop.example.com/item?id=1', value = 120): Vital => ({
  name,
  value,
  delta: value,
  rating: 'good',
  id: `id-${name}`,
  navigationType: 'navigate',
  $current_url: url,
  timestamp: 1_000,
})

function bundleOf(size: number) {
  const captured: Properties[] = []
  const timers: [then: () => void, ms: number][] = []
  const person = { id: 'ada' }
  const bundle = createBundle(
    {
      capture: (properties) => captured.push(properties),
      whose: () => person.id,
      later: (then, ms) => timers.push([then, ms]),
    },
    size,
  )
  const names = () => captured.map((properties) => Object.keys(properties).filter((name) => name.endsWith('_value')))
  return { bundle, captured, names, timers, person }
}

test('what is measured within five seconds is one event, with the page for which it was measured', () => {
  const { bundle, captured, timers } = bundleOf(4)
  bundle.add(vital('FCP'))
  bundle.add(vital('LCP'))
  expect(captured).toEqual([])
  expect(timers.map(([, ms]) => ms)).toEqual([BUNDLE_MS])
  timers[0]?.[0]()
  expect(captured).toEqual([
    {
      $current_url: 'https://shop.example.com/item?id=1',
      $pathname: '/item',
      $web_vitals_FCP_value: 120,
      $web_vitals_FCP_event: vital('FCP'),
      $web_vitals_LCP_value: 120,
      $web_vitals_LCP_event: vital('LCP'),
    },
  ])
})

test('what comes later is an event of its own, for which the former timer does nothing', () => {
  const { bundle, names, timers } = bundleOf(4)
  bundle.add(vital('FCP'))
  bundle.flush()
  bundle.add(vital('INP'))
  timers[0]?.[0]()
  expect(names()).toEqual([['$web_vitals_FCP_value']])
  bundle.flush()
  bundle.flush()
  expect(names()).toEqual([['$web_vitals_FCP_value'], ['$web_vitals_INP_value']])
})

test('an event with all metrics that were asked for waits for no more', () => {
  const { bundle, names } = bundleOf(2)
  bundle.add(vital('FCP'))
  bundle.add(vital('LCP'))
  expect(names()).toEqual([['$web_vitals_FCP_value', '$web_vitals_LCP_value']])
})

test('metrics of two pages are two events', () => {
  const { bundle, captured } = bundleOf(4)
  bundle.add(vital('LCP'))
  bundle.add(vital('LCP', 'https://shop.example.com/other'))
  bundle.flush()
  expect(captured.map(({ $pathname }) => $pathname)).toEqual(['/item', '/other'])
})

test('P10: what was measured before a person was erased is not told of the next one', () => {
  const { bundle, names, person } = bundleOf(4)
  bundle.add(vital('FCP'))
  person.id = 'bob'
  bundle.add(vital('LCP'))
  bundle.flush()
  expect(names()).toEqual([['$web_vitals_LCP_value']])
})
