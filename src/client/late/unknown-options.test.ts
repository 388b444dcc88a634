import { expect, test } from 'vitest'
import { speaking } from '../../../test/support/core/speaking'
import { warnOfUnknown } from './check-options'
import { ALL_OPTIONS, CAPTURE_OPTIONS } from './option-names'
import { unknownOption } from './unknown-options'

test.each([
  ['flushInteval', 'flushInterval'],
  ['flush_interval', 'flushInterval'],
  ['FlushAt', 'flushAt'],
  ['api_host', 'host'],
  ['hots', 'host'],
  ['before_send', 'beforeSend'],
  ['beforeSned', 'beforeSend'],
  ['sanitize_properties', 'beforeSend'],
  ['persistance', 'persistence'],
  ['disable_geoip', 'disableGeoip'],
  ['onEror', 'onError'],
  ['service_worker', 'worker'],
  ['data-flush-inteval', 'data-flush-interval'],
  ['data-page-views', 'data-pageviews'],
  ['opt_out_capturing_by_default', "consent: 'denied'"],
  ['cookieless_mode', 'cookieless'],
  ['capture_pageview', 'pageviews(outlast), of outlast/pageviews'],
])('P11: %s is named, with %s as what was probably meant', (name, meant) => {
  expect(unknownOption(name, ALL_OPTIONS, 'init')).toBe(`"${name}" is no option of init; did you mean ${meant}?`)
})

test('P11: an attribute of an option that no text can say is told where that option is', () => {
  expect(unknownOption('data-before-send', ALL_OPTIONS, 'init')).toBe(
    '"data-before-send" is no attribute: a text cannot say it, so it is an option of init in a script',
  )
})

test.each([
  ['distinct_id', 'distinctId'],
  ['time', 'timestamp'],
  ['group', 'groups'],
])("P11: %s in capture's options is named, with %s as what was probably meant", (name, meant) => {
  expect(unknownOption(name, CAPTURE_OPTIONS, 'capture')).toContain(`did you mean ${meant}?`)
})

test.each(['cfasync', 'x', 'data-domain', 'toString', '__proto__', ''])(
  '%j is like no option, and no other is named',
  (name) => {
    expect(unknownOption(name, ALL_OPTIONS, 'init')).toBe(
      `${JSON.stringify(name)} is no option of init; it is ignored.`,
    )
  },
)

test('what is an option, or has no value, is not named', () => {
  const said: string[] = []
  const given = { host: 'https://example.com', flushAt: 3, beforeSend: undefined, api_host: undefined, odd: 1 }
  warnOfUnknown(given, ALL_OPTIONS, 'init', speaking(said).warnOf)
  expect(said).toEqual(['"odd" is no option of init; it is ignored.'])
})
