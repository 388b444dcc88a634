/** Where a story's events are to arrive. */

export type Collector = Awaited<ReturnType<typeof import('../../demo/collector/collector').startCollector>>

/** The collector, or an endpoint of a site's own. */
export interface Destination extends Pick<Collector, 'url' | 'fault' | 'uuids' | 'reset' | 'close'> {
  stats(): Promise<{ requests: number; held: number; altered: number }>
  events(page?: { after?: number; limit?: number }): Promise<Arrived[]>
}

export interface Arrived {
  seq: number
  received_at: string
  event: string
  uuid: string
  properties: unknown
}
