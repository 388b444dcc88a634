import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { browserOf } from './browser'
import { deviceOf, systemOf } from './device'

/** posthog-js's own detection, of the version that is installed. */
interface Detection {
  detectBrowser(userAgent: string, vendor: string, hints: { brave?: boolean }): string
  detectBrowserVersion(userAgent: string, vendor: string, hints: { brave?: boolean }): number | null
  detectOS(userAgent: string): [string, string]
  detectDevice(userAgent: string): string
  detectDeviceType(userAgent: string): string
}
const require = createRequire(createRequire(import.meta.url).resolve('posthog-js'))
const posthog: Detection = require('@posthog/core')

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const WIN = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/120.0.0.0 Safari/537.36`
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X)'
const PIXEL = 'Mozilla/5.0 (Linux; Android 13; Pixel 7)'

/** User agents with the vendor that goes with them; Chromium's where none is said. */
const USER_AGENTS: [userAgent: string, vendor?: string][] = [
  [WIN],
  [`Mozilla/5.0 (Windows NT 6.1; WOW64) ${BLINK} Chrome/96.0.4664.110 Safari/537.36`],
  [`Mozilla/5.0 (Windows NT 6.3; ARM; Trident/7.0; Touch; rv:11.0) like Gecko`, ''],
  [`${MAC} ${BLINK} Chrome/126.0.0.0 Safari/537.36`],
  [`Mozilla/5.0 (X11; Linux x86_64) ${BLINK} Chrome/156.0.0.0 Safari/537.36`],
  [`Mozilla/5.0 (X11; Linux x86_64) ${BLINK} HeadlessChrome/156.0.0.0 Safari/537.36`],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/120.0.0.0 Safari/537.36`],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/120.0.0.0 Mobile Safari/537.36`],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/120.0.0.0 Safari/537.36`],
  [`${PIXEL} ${BLINK} Chrome/120.0.6099.144 Mobile Safari/537.36`],
  [`Mozilla/5.0 (Linux; Android 8.1.0; Pixel C) ${BLINK} Chrome/120.0.0.0 Safari/537.36`],
  [`Mozilla/5.0 (Linux; Android 7.1.1; Nexus 7) ${BLINK} Chrome/60.0.3112.107 Safari/537.36`],
  [`Mozilla/5.0 (Linux; Android 12; SM-T870) ${BLINK} Chrome/110.0.0.0 Safari/537.36`],
  [
    `Mozilla/5.0 (Linux; Android 12; SAMSUNG SM-G991B) ${BLINK} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36`,
  ],
  [
    `Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; Galaxy) AppleWebKit/534.30 Version/4.0 Mobile Safari/534.30`,
    'Google',
  ],
  [`Mozilla/5.0 (Linux; U; Android 2.2; en-us; Nexus One) AppleWebKit/533.1 Version/4.0 Mobile Safari/533.1`, ''],
  [`${WIN} Edg/120.0.2210.91`],
  [`Mozilla/5.0 (Windows NT 10.0) ${BLINK} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`],
  [`${PIXEL} ${BLINK} Chrome/120.0.0.0 Mobile Safari/537.36 EdgA/120.0.2210.84`],
  [`${IPHONE} ${WEBKIT} Version/17.0 EdgiOS/120.0.2210.84 Mobile/15E148 Safari/604.1`, 'Apple Computer, Inc.'],
  [`${WIN} OPR/106.0.0.0`],
  [`${PIXEL} ${BLINK} Chrome/120.0.0.0 Mobile Safari/537.36 OPR/79.1`],
  [`Mozilla/5.0 (Linux; Android 9; Mini) ${BLINK} Chrome/80.0 Mobile Safari/537.36 OPR/52.1.2254`],
  ['Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18', 'Opera Software ASA'],
  [`${WIN} Vivaldi/6.5.3206.50`],
  [`${WIN.replace('Safari', 'YaBrowser/23.11.0.0 Safari')}`],
  [`${WIN.replace('Safari', 'Whale/3.24.223.18 Safari')}`],
  [`${MAC} ${WEBKIT} Version/17.4 Safari/605.1.15 Ddg/17.4`, 'Apple Computer, Inc.'],
  [`${PIXEL} ${BLINK} Version/4.0 Chrome/120.0.0.0 Mobile DuckDuckGo/5 Safari/537.36`],
  [`${MAC} ${BLINK} Claude/1.2.3 Chrome/126.0.0.0 Electron/31.0.0 Safari/537.36`],
  [`${MAC} ${BLINK} Codex/0.9 Chrome/126.0.0.0 Safari/537.36`],
  [`${MAC} ${BLINK} ChatGPT/1.2024.1 Chrome/126.0.0.0 Safari/537.36`],
  [`${IPHONE} ${WEBKIT} Mobile/15E148 [FBAN/FBIOS;FBAV/444.0.0.26;FBDV/iPhone14,5]`, 'Apple Computer, Inc.'],
  [`${PIXEL} ${BLINK} Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/444.0.0.26;]`],
  [`${IPHONE} ${WEBKIT} Mobile/15E148 Instagram 312.0.0.28.119`, 'Apple Computer, Inc.'],
  [`Mozilla/5.0 (Linux; U; Android 11; en; Redmi) ${BLINK} Version/4.0 Chrome/78.0 UCBrowser/13.4.0.1306 Mobile`],
  [`${IPHONE} ${WEBKIT} CriOS/120.0.6099.119 Mobile/15E148 Safari/604.1`, 'Apple Computer, Inc.'],
  [`${IPHONE} ${WEBKIT} FxiOS/121.0 Mobile/15E148 Safari/605.1.15`, ''],
  [`${IPHONE} ${WEBKIT} FxiOS/121.0 Mobile/15E148 Safari/605.1.15`, 'Apple Computer, Inc.'],
  [`${IPHONE} ${WEBKIT} Version/17.4.1 Mobile/15E148 Safari/604.1`, 'Apple Computer, Inc.'],
  [`${IPHONE} ${WEBKIT} Mobile/15E148`, 'Apple Computer, Inc.'],
  [
    'Mozilla/5.0 (iPhone; U; like Mac OS X) AppleWebKit/420.1 Version/3.0 Mobile/4A93 Safari/419.3',
    'Apple Computer, Inc.',
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1`,
    'Apple Computer, Inc.',
  ],
  [
    `Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X) ${WEBKIT} Version/12.0 Mobile/15E148 Safari/604.1`,
    'Apple',
  ],
  [`${MAC} ${WEBKIT} Version/17.4 Safari/605.1.15`, 'Apple Computer, Inc.'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0', ''],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0', ''],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', ''],
  ['Mozilla/5.0 (X11; Debian; Linux x86_64) Gecko/20100101', ''],
  ['Mozilla/5.0 (Android 13; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0', ''],
  ['Mozilla/5.0 (Android 13; Tablet; rv:121.0) Gecko/121.0 Firefox/121.0', ''],
  ['Mozilla/5.0 (Windows NT 10.0; rv:102.0) Gecko/20100101 Goanna/6.4 Firefox/102.0 PaleMoon/32.5.2', ''],
  ['Mozilla/5.0 (Windows NT 10.0; rv:102.0) Gecko/20100101 Firefox/102.0 Waterfox/102.0', ''],
  ['Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)', ''],
  ['Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko', ''],
  [
    'Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 520) like Gecko',
    '',
  ],
  [
    `Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) ${BLINK} Chrome/52.0 Mobile Safari/537.36 Edge/15.15063`,
  ],
  ['Mozilla/5.0 (Windows NT 6.2; ARM; WPDesktop; Trident/7.0) like Gecko', ''],
  [`Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/534.34 konqueror/4.8.4 Safari/534.34`, ''],
  ['Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)', ''],
  ['Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+', ''],
  ['Mozilla/5.0 (BlackBerry; U; BlackBerry 9900; en) AppleWebKit/534.11+ Version/7.1.0.346 Mobile Safari/534.11+', ''],
  ['Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en) AppleWebKit/536.2+ Version/7.2.1.0 Safari/536.2+', ''],
  ['Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 NF/6.0.2.21.3 NintendoBrowser/5.1', ''],
  ['Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 Version/13.0 Safari/605.1.15', ''],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) ${BLINK} Chrome/64.0 Safari/537.36 Edge/44.18363`],
  [`Mozilla/5.0 (X11; Linux x86_64; Quest 3) ${BLINK} OculusBrowser/30.1 Chrome/120.0 VR Safari/537.36`],
  [`Mozilla/5.0 (Linux; Android 9; KFMAWI) ${BLINK} Silk/110.1.1 like Chrome/110.0 Safari/537.36`],
  ['Mozilla/5.0 (Linux; U; Android 2.0; en-us;) AppleWebKit/533.1 Version/4.0 Mobile Safari/533.1 (Kobo Touch)', ''],
  [
    'Mozilla/5.0 (Apple Watch5,1; CPU Watch OS 6.1 like Mac OS X) AppleWebKit/605.1.15 Watch/6.1.1',
    'Apple Computer, Inc.',
  ],
  ['atc/1.0 watchOS/7.5 model/Watch3,3 hwp/t8004 build/18T567 (6; dt:155)', ''],
  [`Mozilla/5.0 (Linux; Android 4.1.2; OUYA Console) ${BLINK} Chrome/27.0 Safari/537.36`],
  ['Mozilla/5.0 (Symbian/3; Series60/5.3 NokiaN8) AppleWebKit/533.4 NokiaBrowser/7.4 Mobile Safari/533.4 3gpp-gba', ''],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', ''],
  ['curl/8.5.0', ''],
  ['', ''],
]

test.each(USER_AGENTS)('%s', (userAgent, vendor = 'Google Inc.') => {
  expect([...browserOf(userAgent, vendor), ...systemOf(userAgent), ...deviceOf(userAgent)]).toEqual([
    posthog.detectBrowser(userAgent, vendor, {}),
    posthog.detectBrowserVersion(userAgent, vendor, {}),
    ...posthog.detectOS(userAgent),
    posthog.detectDevice(userAgent),
    posthog.detectDeviceType(userAgent),
  ])
})

test('Brave says so itself, under the user agent of Chrome', () => {
  expect(browserOf(WIN, 'Google Inc.', true)).toEqual(['Brave', null])
  expect(posthog.detectBrowser(WIN, 'Google Inc.', { brave: true })).toBe('Brave')
})
