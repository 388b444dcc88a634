import { afterEach, expect, test, vi } from 'vitest'
import { knownWords } from './known-words'

afterEach(() => void vi.restoreAllMocks())

test('P11: words that an attribute does not know are named with those that it does, and count for nothing', () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue()
  const of = (...given: string[]) => knownWords('data-exceptions', given, ['console', 'false'])
  for (const nothing of ['', ' ', 'true', 'TRUE']) expect(of(nothing)).toEqual([])
  expect(of(' Console ', 'false')).toEqual(['console', 'false'])
  expect(warned).not.toHaveBeenCalled()
  expect(of('consol', 'false', 'off')).toEqual(['false'])
  expect(warned.mock.calls).toEqual([['[outlast] data-exceptions takes console, false, not "consol", "off"']])
})
