import { afterEach, expect, test, vi } from 'vitest'
import { optionsOf } from './pageview-words'

test.each([
  ['', ['pathname'], true],
  ['true', ['pathname'], true],
  ['hash', ['pathname', 'hash'], true],
  ['Search, hash', ['pathname', 'search', 'hash'], true],
  ['load', [], true],
  ['no-leave', ['pathname'], false],
  ['load,no-leave', [], false],
])('data-pageviews="%s" counts %j, and leaving is captured: %s', (text, navigation, pageLeave) => {
  expect(optionsOf(text)).toEqual({ navigation, pageLeave })
})

afterEach(() => void vi.restoreAllMocks())

test('what is misspelt in data-pageviews counts for nothing, and is named with the words that there are', () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue()
  expect(optionsOf('load, no-leav')).toEqual({ navigation: [], pageLeave: true })
  expect(warned.mock.calls).toEqual([
    ['[outlast] data-pageviews takes path, search, hash, load, no-leave, not "no-leav"'],
  ])
})
