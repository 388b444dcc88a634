import { expect, test } from 'vitest'
import { optionsOf } from './pageview-words'

test.each([
  ['', ['pathname'], true],
  ['true', ['pathname'], true],
  ['hash', ['pathname', 'hash'], true],
  ['Search, hash', ['pathname', 'search', 'hash'], true],
  ['load', [], true],
  ['no-leave', ['pathname'], false],
  ['load,no-leave', [], false],
  ['hsah', ['pathname', 'hsah'], true],
])('data-pageviews="%s" counts %j, and leaving is captured: %s', (text, navigation, pageLeave) => {
  expect(optionsOf(text)).toEqual({ navigation, pageLeave })
})
