import type { EventJson } from './event'

/** What events count towards every bound: UTF-16 code units of their JSON, which for ASCII are bytes. */
export const sizeOf = (events: readonly EventJson[]) => events.reduce((sum, json) => sum + json.length, 0)
