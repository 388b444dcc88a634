/**
 * What user agents of crawlers, monitors and automated browsers have in them, of those that run a page's code: "bot" is
 * part of most names (Googlebot, AhrefsBot, GPTBot, UptimeRobot), and "-User/" of those that fetch a page for a person
 * (ChatGPT-User).
 */
const BOT =
  /bot|crawl|spider|slurp|archiver|headless|prerender|lighthouse|pagespeed|gtmetrix|pingdom|bingpreview|googleother|google-|-google|facebookex|meta-ex|cypress|-user\//

/** Telephones, and no bots. */
const TELEPHONES = /cubot/g

/**
 * Whether no person looks at this page, as far as its browser says so. Most bots do not hide.
 *
 * @param allowed `true` if bots are as welcome as persons, so that none counts as one; a list has more words of user
 * agents that are bots
 */
export function isBot(
  allowed: boolean | readonly string[] = false,
  { webdriver, userAgent = '' }: Partial<Pick<Navigator, 'webdriver' | 'userAgent'>> = navigator,
): boolean {
  if (allowed === true) return false
  const agent = String(userAgent).toLowerCase().replace(TELEPHONES, '')
  const words = [allowed || []].flat().map((word) => String(word).trim().toLowerCase())
  return webdriver === true || BOT.test(agent) || words.some((word) => word !== '' && agent.includes(word))
}
