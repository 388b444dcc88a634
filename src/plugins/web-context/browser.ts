/** Names and versions of browsers as posthog-js gives them, from the user agent. */

/** A version as posthog-js reads it: major and minor, as a number. */
const VERSION = '(\\d+(?:\\.\\d+)?)'

/**
 * The first row whose pattern the user agent has gives the name: the row's second part, or else what the pattern's
 * group has found. The version stands after the row's third part, or else after the pattern and a slash; a blank third
 * part means that posthog-js names no version. The order is posthog-js's.
 */
const BROWSERS: readonly [pattern: RegExp, name?: string, before?: string][] = [
  [/ OPR\/.*Mini|Mini.* OPR\//s, 'Opera Mini', ''],
  [/ OPR\//, 'Opera', '(?:Opera|OPR)/'],
  [/BlackBerry|PlayBook|BB10/i, 'BlackBerry', 'BlackBerry |Version/'],
  [/IEMobile|WPDesktop/, 'Internet Explorer Mobile', 'rv:'],
  [/OculusBrowser/, 'Oculus Browser'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Edge|Edg\//, 'Microsoft Edge', 'Edge?/'],
  [/YaBrowser\//, 'Yandex'],
  [/(DuckDuckGo|Ddg)\//, 'DuckDuckGo'],
  [/(Vivaldi|Whale|Claude|Codex|ChatGPT)\//],
  [/FBIOS/, 'Facebook Mobile', ''],
  [/UCWEB|UCBrowser/, 'UC Browser'],
  [/CriOS/, 'Chrome iOS'],
  [/CrMo|Chrome/, 'Chrome'],
  [/Android.*Safari|Safari.*Android/s, 'Android Mobile', '[Aa]ndroid\\s'],
  [/FxiOS/, 'Firefox iOS'],
  [/konqueror/i, 'Konqueror', '[Kk]onqueror[:/]?'],
  [/(Brave)\//],
  // The user agent of an app with Apple's own engine may leave out the name, which the vendor then tells.
  [/Safari|\n.*Apple/, 'Safari', 'Version/'],
  [/PaleMoon\//, 'Pale Moon'],
  [/(Waterfox)\//],
  [/(Firefox)/],
  [/MSIE|Trident\//, 'Internet Explorer', 'rv:|MSIE '],
  [/Gecko/, 'Firefox', ''],
]

/**
 * @param vendor `navigator.vendor`
 * @param brave whether the browser has said that it is Brave: its user agent is Chrome's
 */
export function browserOf(userAgent: string, vendor = '', brave = false): [name: string, version: number | null] {
  const whole = `${userAgent}\n${vendor}`
  const [pattern, known, before] = brave ? [/Brave/, 'Brave'] : (BROWSERS.find(([one]) => one.test(whole)) ?? [])
  const name = known ?? pattern?.exec(whole)?.[1] ?? ''
  if (!pattern || before === '') return [name, null]
  const version = userAgent.match(`(?:${before ?? `${pattern.source.replace(/\\\/$/, '')}/`})${VERSION}`)?.at(-1)
  const isMobile = name === 'Safari' && userAgent.includes('Mobile')
  return [isMobile ? 'Mobile Safari' : name, version ? Number(version) : null]
}
