import { expect, test, vi } from 'vitest'
import { isBot } from './is-bot'
import { webVitals } from './web-vitals'

test('web vitals do nothing on a server', () => {
  const capture = vi.fn()
  expect(() => webVitals({ capture })).not.toThrow()
  expect(capture).not.toHaveBeenCalled()
})

const person = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36'

test.each([
  [
    'Mozilla/5.0 AppleWebKit/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/140.0.0.0',
    true,
  ],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', true],
  ['Mozilla/5.0 (compatible; Bytespider; spider-feedback@example.com)', true],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36', true],
  ['Mozilla/5.0 (Linux; Android 13) Chrome/140.0 Mobile Safari/537.36 Chrome-Lighthouse', true],
  ['Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36', false],
  [person, false],
  ['', false],
])('%s: a bot is %s', (userAgent, expected) => {
  expect(isBot([], { userAgent, webdriver: false })).toBe(expected)
})

test('an automated browser is a bot, and so is what has a word of the list', () => {
  expect(isBot([], { userAgent: person, webdriver: true })).toBe(true)
  expect(isBot(['Win64'], { userAgent: person, webdriver: false })).toBe(true)
})
