/** Which of the benchmark's stories are played on bridges. */

/** The stories of docs/bridges.md: what becomes of events whose page or network ends too early. The longest come first. */
export const BRIDGE_STORIES: readonly string[] = [
  '503 for 20 s',
  'browser killed after 1 s of an outage, back later',
  'tab closed offline, never back',
  'tab closed offline, back later',
  '429 with Retry-After',
  'answer lost',
]

/** A request whose answer was lost is sent again, and no SDK's server can be asked to ignore it. */
export const MAY_COME_TWICE = 'answer lost'
