/** Systems and devices as posthog-js names them, from the user agent. */

const WINDOWS: Readonly<Record<string, string>> = {
  '5.0': '2000',
  '5.1': 'XP',
  '5.2': 'XP',
  '6.0': 'Vista',
  '6.1': '7',
  '6.2': '8',
  '6.3': '8.1',
  '6.4': '10',
  '10.0': '10',
}

/** The first row whose pattern the user agent has gives the name; the pattern's groups are the parts of the version. */
const SYSTEMS: readonly [pattern: RegExp, name: string][] = [
  [/Xbox; Xbox (.*?)[);]/i, 'Xbox'],
  [/nintendo/i, 'Nintendo'],
  [/playstation/i, 'PlayStation'],
  [/BlackBerry|PlayBook|BB10/i, 'BlackBerry'],
  [/windows/i, 'Windows'],
  [/(?:iPhone|iPad|iPod).*?OS (\d+)_(\d+)_?(\d+)?|iPhone/, 'iOS'],
  [/watch.*\/(\d+\.\d+\.\d+)|watch os,(\d+\.\d+),/i, 'watchOS'],
  [/android (\d+)\.(\d+)\.?(\d+)?|android/i, 'Android'],
  [/Mac OS X (\d+)[_.](\d+)[_.]?(\d+)?/i, 'Mac OS X'],
  [/mac/i, 'Mac OS X'],
  [/CrOS/, 'Chrome OS'],
  [/Linux|debian/i, 'Linux'],
]

/** The system and its version; blank where they cannot be known. */
export function systemOf(userAgent: string): [name: string, version: string] {
  for (const [pattern, name] of SYSTEMS) {
    const match = pattern.exec(userAgent)
    if (!match) continue
    if (name === 'Windows') return windowsOf(userAgent)
    const [, first, second, third = '0'] = match
    // Three groups of a pattern are the parts of one version. Of two groups, one has the whole version.
    const version = match.length > 3 ? `${first}.${second}.${third}` : first
    return [name, (first && version) || second || '']
  }
  return ['', '']
}

function windowsOf(userAgent: string): [name: string, version: string] {
  if (/Phone|WPDesktop/.test(userAgent)) return ['Windows Phone', '']
  if (/Mobile/.test(userAgent) && !/IEMobile\b/.test(userAgent)) return ['Windows Mobile', '']
  const [, number] = /Windows NT ([0-9.]+)/i.exec(userAgent) ?? []
  return ['Windows', (number && (/arm/i.test(userAgent) ? 'RT' : WINDOWS[number])) || '']
}

/**
 * The first row whose pattern the user agent has gives the name of the device, and its type where that is not `Mobile`.
 */
const DEVICES: readonly [pattern: RegExp, name: string, type?: string][] = [
  [/nintendo \w+/i, 'Nintendo', 'Console'],
  [/playstation \w+/i, 'PlayStation', 'Console'],
  [/xbox/i, 'Xbox', 'Console'],
  [/ouya/i, 'Ouya', 'Console'],
  [/windows phone|WPDesktop/i, 'Windows Phone'],
  [/iPad/, 'iPad', 'Tablet'],
  [/iPod/, 'iPod Touch'],
  [/iPhone/, 'iPhone'],
  [/watch(?: ?os[,/]|\d,\d\/)[\d.]+/i, 'Apple Watch', 'Wearable'],
  [/BlackBerry|PlayBook|BB10/i, 'BlackBerry'],
  [/kobo\s(ereader|touch)/i, 'Kobo', 'Tablet'],
  [/nokia/i, 'Nokia'],
  [/(kf[a-z]{2}wi|aeo[c-r]{2})( bui|\))|kf[a-z]+( bui|\)).+silk\//i, 'Kindle Fire', 'Tablet'],
]

/** Tablets that say Mobile, and phones that do not. */
const TABLET = /Nexus [97]|pixel c/i
const PHONE = /^(?!.*pixel c).*pixel[\daxl ]|zte/i

/** The device and its type; the name is blank for a device without a name of its own. */
export function deviceOf(userAgent: string): [name: string, type: string] {
  for (const [pattern, name, type = 'Mobile'] of DEVICES) if (pattern.test(userAgent)) return [name, type]
  if (/android|zte/i.test(userAgent)) {
    const isPhone = (/Mobile/.test(userAgent) && !TABLET.test(userAgent)) || PHONE.test(userAgent)
    return isPhone ? ['Android', 'Mobile'] : ['Android Tablet', 'Tablet']
  }
  if (/pda|mobile/i.test(userAgent)) return ['Generic mobile', 'Mobile']
  if (/tablet(?! pc)/i.test(userAgent)) return ['Generic tablet', 'Tablet']
  return ['', 'Desktop']
}
