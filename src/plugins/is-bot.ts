/**
 * Words in lower case that user agents of crawlers, monitors and automated browsers have, of those that run a page's
 * code: "bot" is part of most names (Googlebot, bingbot, AhrefsBot, GPTBot, UptimeRobot).
 */
const BOT_WORDS: readonly string[] = [
  'bot',
  'crawl',
  'spider',
  'slurp',
  'archiver',
  'headless',
  'phantomjs',
  'prerender',
  'lighthouse',
  'pagespeed',
  'gtmetrix',
  'pingdom',
  'bingpreview',
  'googleother',
  'google-inspectiontool',
  'mediapartners-google',
  'facebookexternalhit',
  'meta-externalagent',
  'chatgpt-user',
  'perplexity-user',
]

/** Telephones, and no bots. */
const TELEPHONES = /cubot/g

/**
 * Whether no person looks at this page, as far as its browser says so. Most bots do not hide.
 *
 * @param words more words of user agents that are bots
 */
export function isBot(
  words: readonly string[] = [],
  { webdriver, userAgent = '' }: Partial<Pick<Navigator, 'webdriver' | 'userAgent'>> = navigator,
): boolean {
  const agent = userAgent.toLowerCase().replace(TELEPHONES, '')
  return webdriver === true || [...BOT_WORDS, ...words].some((word) => agent.includes(word.toLowerCase()))
}
