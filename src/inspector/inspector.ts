/** `<outlast-inspector>`: the durable queues of this origin, live. */

import { idbDatabase } from '../adapters/idb-database'
import { openReportChannel } from '../adapters/report-channel'
import type { Database } from '../core/base/ports'
import type { Report } from '../core/base/reports'
import { asRecord, show } from '../core/base/values'
import { createQueue, listQueues } from '../core/queue/queue'
import { type QueueView, viewQueue } from '../core/queue/view'
import type { Outlast } from '../page/types'
import { type Answer, withReport } from './answers'
import { element } from './dom'
import { renderQueue } from './render'
import { STYLE } from './style'

/**
 * How often the queues are read, in ms. Reports announce most changes; reading finds the others, and moves countdowns
 * on.
 */
const LOOK_EVERY_MS = 1_000

/** The most batches and events of a queue that are shown. */
const SHOWN = 100
/** The most batches and events of a queue that are exported. */
const EXPORTED = 100_000

type Flushable = Pick<Outlast, 'flush'>

/** Server rendering imports page code too, where there is no `HTMLElement`. */
const Base = (typeof HTMLElement === 'undefined' ? Object : HTMLElement) as typeof HTMLElement

/**
 * The element `<outlast-inspector>`. It shows each durable queue of this origin: what is pending, in a request, dropped
 * and why, and what was answered last. Its buttons flush, export and clear a queue. It looks each second while the page
 * is shown, and says what cannot be read.
 *
 * @example
 * import 'outlast/inspector'
 * document.body.append(document.createElement('outlast-inspector'))
 */
export class OutlastInspector extends Base {
  /**
   * The client that the button "Flush" flushes. Default none: the button is disabled then.
   *
   * @example
   * const inspector = document.querySelector('outlast-inspector')
   * if (inspector) inspector.client = outlast
   */
  client: Flushable | undefined

  readonly #answers = new Map<string, Answer[]>()
  readonly #body = element('div', { 'aria-live': 'off' })
  #database: Database | undefined
  #channel: BroadcastChannel | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #shown = ''

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    shadow.adoptedStyleSheets = [sheet]
    shadow.append(this.#body)
  }

  /** The browser calls it when the element is put into a page: it begins to look at the queues. */
  connectedCallback(): void {
    this.#database = idbDatabase()
    this.#channel = openReportChannel()
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data)
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS)
    addEventListener('pagehide', this.#rest)
    addEventListener('pageshow', this.#wake)
    void this.#look()
  }

  /** The browser calls it when the element is taken out of a page: it ends that, and closes the database. */
  disconnectedCallback(): void {
    this.#rest()
    removeEventListener('pagehide', this.#rest)
    removeEventListener('pageshow', this.#wake)
  }

  /** Closes everything, because an open connection or channel keeps a page out of the back/forward cache. */
  readonly #rest = (): void => {
    clearInterval(this.#timer)
    this.#channel?.close()
    this.#database?.close()
    this.#database = undefined
  }

  readonly #wake = ({ persisted }: PageTransitionEvent): void => {
    if (persisted && this.isConnected) this.connectedCallback()
  }

  #hear(data: unknown): void {
    const { queue, report } = asRecord(data)
    if (typeof queue !== 'string' || !Array.isArray(asRecord(report).uuids)) return
    this.#answers.set(queue, withReport(this.#answers.get(queue) ?? [], report as Report, Date.now()))
    void this.#look()
  }

  async #look(): Promise<void> {
    const database = this.#database
    if (!database || document.visibilityState === 'hidden') return
    try {
      const keys = await listQueues(database)
      const views = await Promise.all(keys.map((key) => viewQueue(database, key, SHOWN)))
      this.#show(views)
    } catch (error) {
      this.#tell(`The queue cannot be read: ${show(error)}`)
    }
  }

  /** Renders the queues only after a change, so that selection and focus are not lost each second. */
  #show(views: QueueView[]): void {
    const now = Date.now()
    const text = JSON.stringify([views, [...this.#answers], this.client !== undefined, seconds(views, now)])
    if (text === this.#shown) return
    this.#shown = text
    const sections = views.map((view) => renderQueue(view, this.#answers.get(view.key) ?? [], this.#actions(view), now))
    if (sections.length === 0) sections.push(element('p', {}, 'No events were captured on this origin yet.'))
    const at = [...this.#body.querySelectorAll('.scroll')].map(({ scrollTop }) => scrollTop)
    this.#body.replaceChildren(...sections)
    for (const [index, scroll] of this.#body.querySelectorAll('.scroll').entries()) scroll.scrollTop = at[index] ?? 0
  }

  #actions(view: QueueView) {
    const { client } = this
    return {
      ...(client ? { flush: () => void client.flush().then(() => this.#look()) } : {}),
      exportJson: () => void this.#export(view),
      clear: () => void this.#clear(view),
    }
  }

  async #export({ key }: QueueView): Promise<void> {
    const database = this.#database
    if (!database) return
    try {
      const { events, ...view } = await viewQueue(database, key, EXPORTED)
      const whole = { ...view, events: events.map(({ json, batch }) => ({ ...JSON.parse(json), batch })) }
      const url = URL.createObjectURL(new Blob([JSON.stringify(whole, null, 2)], { type: 'application/json' }))
      element('a', { href: url, download: 'outlast-queue.json' }).click()
      URL.revokeObjectURL(url)
    } catch (error) {
      this.#tell(`The queue cannot be exported: ${show(error)}`)
    }
  }

  async #clear({ key, stats }: QueueView): Promise<void> {
    const database = this.#database
    const events = stats.pending === 1 ? 'The one pending event' : `All ${stats.pending} pending events`
    if (!database || !confirm(`${events} of ${key} will be dropped, and cannot be had back.`)) return
    try {
      await createQueue(database, key).dropAll('opted_out', Date.now())
    } catch (error) {
      this.#tell(`The queue cannot be cleared: ${show(error)}`)
    }
    void this.#look()
  }

  #tell(problem: string): void {
    this.#shown = problem
    this.#body.replaceChildren(element('p', { role: 'alert' }, problem))
  }
}

/** The countdowns that are shown: seconds to the next attempt of each batch. */
function seconds(views: QueueView[], now: number): number[] {
  return views.flatMap(({ batches, pausedUntil }) =>
    [pausedUntil, ...batches.map(({ notBefore }) => notBefore)].map((at) => Math.max(0, Math.ceil((at - now) / 1_000))),
  )
}
