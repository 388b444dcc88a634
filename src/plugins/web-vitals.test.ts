import { expect, test, vi } from 'vitest'
import { mayBeUnseen } from '../page/script-tag/may-be-unseen'
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
  ['Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36 Cypress/13.0.0 Electron/27.0.0', true],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 GTmetrix', true],
  ['Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534 Safari/534 BingPreview/1.0b', true],
  ['Mozilla/5.0 (Linux; Android 6.0.1) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; GoogleOther)', true],
  ['Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)', true],
  ['Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot', true],
  ['Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)', true],
  ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', true],
  ['meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)', true],
  ['ia_archiver (+http://www.alexa.com/site/help/webmasters; crawler@alexa.com)', true],
  ['Mozilla/5.0 (X11; Linux x86_64) Chrome/61.0 Safari/537.36 PingdomPageSpeed/1.0 (pingbot/2.0; +http://x)', true],
  ['Mozilla/5.0 (X11) Chrome/140.0.0.0 Safari/537.36 Prerender (+https://github.com/prerender/prerender)', true],
])('%s: a bot is %s', (userAgent, expected) => {
  expect(isBot([], { userAgent, webdriver: false })).toBe(expected)
  vi.stubGlobal('document', { hidden: false })
  // The script tag looks at what may be a bot's more closely; at a person's it does not, but for Cubot's telephones.
  expect(mayBeUnseen({ userAgent, webdriver: false } as Navigator)).toBe(expected || /cubot/i.test(userAgent))
  vi.unstubAllGlobals()
})

test('an automated browser is a bot, and so is what has a word of the list', () => {
  expect(isBot([], { userAgent: person, webdriver: true })).toBe(true)
  expect(isBot([' win64'], { userAgent: person, webdriver: false })).toBe(true)
  expect(isBot([''], { userAgent: person, webdriver: false })).toBe(false)
  expect(isBot(true, { userAgent: person, webdriver: true })).toBe(false)
})

test('words of bots that are no list, or no texts, are taken as they can be', () => {
  const of = (userAgent: string) => ({ userAgent: `Mozilla/5.0 ${userAgent}` })
  expect(isBot('watcher' as never, of('Watcher/1.0'))).toBe(true)
  expect(isBot([7] as never, of('seven 7'))).toBe(true)
  expect(isBot(null as never, of('Chrome/140.0'))).toBe(false)
})
