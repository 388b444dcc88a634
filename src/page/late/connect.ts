/** Finds a host: the worker, else this page over IndexedDB, else this page over memory; and the worker again later. */

import type { Log } from '../../client/first/log'
import type { Channel, Connect } from '../../client/late/channel'
import type { InProcessChannel } from '../../client/late/in-process-channel'
import type { OutlastEvents } from '../../client/types'
import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import { within } from '../../core/base/within'
import type { HeadersSource } from '../../core/config/ask-headers'
import { MESSAGE_VERSION } from '../../core/host/messages'
import { parseHostMessage } from '../../core/host/parse-host-message'
import { shown } from '../first/shown'
import { NoWorker } from './no-worker'
import { followWorker, type WorkerLife } from './register-worker'
import { openWorkerChannel } from './worker-channel'
import type { WorkerLocation } from './worker-options'

export interface ConnectOptions {
  queue: string
  /** The worker to look for, asked with each connection because a page may begin to store. */
  worker(): WorkerLocation | false
  /** Whether a host in this page stores, asked with each connection. */
  durable(): boolean
  clock: Clock
  /** An option that only the site's worker has, so that nothing may be sent without this worker: `beforeSend`, say. */
  lacks(): string | undefined
  /** The page's option `requestHeaders`, where it is a function. */
  askHeaders: HeadersSource | undefined
  /** Tells the site's developer in the console. */
  warnOf: Log['warnOf']
  /** Called when a newer worker waits. */
  onUpdate(update: OutlastEvents['update']): void
}

export interface PageConnect {
  connect: Connect
  registration(): ServiceWorkerRegistration | undefined
  /** The channel to the host in this page, once there is one. */
  inPage(): InProcessChannel | undefined
}

/** How long in ms the code of the host in this page may take to load. */
const CODE_LIMIT_MS = 10_000

/** The pause in ms before a worker that did not answer is asked again; doubled each time. */
const ASK_AGAIN_MS = 5_000
/** The longest such pause, in ms. */
const ASK_AGAIN_AT_MOST_MS = 300_000

/** How long in ms a worker that is asked again has to answer: as long as for its first answer (`answer-timeout.ts`). */
const RETURN_ANSWER_MS = 3_000

export function createConnect(options: ConnectOptions): PageConnect {
  const { queue, lacks, askHeaders, clock, warnOf } = options
  let followed: WorkerLife | undefined
  let registration: ServiceWorkerRegistration | undefined
  let inPage: InProcessChannel | undefined
  let warned = false

  async function loadInPage(receive: (raw: unknown) => void): Promise<(storing: boolean) => Promise<Channel>> {
    const code = await within(CODE_LIMIT_MS, import('./in-page'), clock)
    if (!code) throw new Error('the code that keeps events takes too long to load')
    return async (storing) => {
      inPage = await code.openInPageChannel({
        version: MESSAGE_VERSION,
        receive,
        durable: storing,
        lacks: lacks(),
        askHeaders,
        now: clock.now,
      })
      return inPage
    }
  }

  function warnOnce(remedy: string | undefined, reason: string): void {
    const worker = options.worker()
    if (remedy === undefined || warned || !worker) return
    warned = true
    warnOf('noWorker', worker.url, reason, lacks(), remedy)
  }

  const openWorker = (life: WorkerLife, receive: (raw: unknown) => void) =>
    openWorkerChannel(
      life,
      receive,
      (found) => {
        registration = found
      },
      clock,
    )

  /** Asks the worker ever less often until it answers. Stays pending once it is cancelled. */
  async function workerThatAnswers(
    life: WorkerLife,
    receive: (raw: unknown) => void,
    cancelled: () => boolean,
  ): Promise<Channel> {
    for (let pauseMs = ASK_AGAIN_MS; ; pauseMs = Math.min(pauseMs * 2, ASK_AGAIN_AT_MOST_MS)) {
      await clock.timer(pauseMs).done
      const found = cancelled() ? undefined : await tryWorker(life, receive)
      if (found) return found
      // The worker is not wanted any more.
      if (cancelled()) return new Promise(() => undefined)
    }
  }

  async function tryWorker(life: WorkerLife, receive: (raw: unknown) => void): Promise<Channel | undefined> {
    let onMessage: (raw: unknown) => void = () => undefined
    const channel = await openWorker(life, (raw) => onMessage(raw)).catch(() => undefined)
    if (!channel) return undefined
    const answered = new Promise<true>((resolve) => {
      onMessage = (raw) => parseHostMessage(raw)?.type === 'awake' && resolve(true)
    })
    channel.post({ outlast: MESSAGE_VERSION, id: 0, queue, type: 'wake', reason: 'due' })
    const isThere = await within(RETURN_ANSWER_MS, answered, clock)
    onMessage = receive
    if (isThere) return channel
    await channel.close()
    return undefined
  }

  return {
    registration: () => registration,
    inPage: () => inPage,
    async connect(receive, failed) {
      await shown()
      const worker = options.worker()
      if (worker) followed ??= followWorker(worker, options.onUpdate)
      const life = followed
      let reason = failed?.reason
      let mayComeBack = failed?.host === 'worker'
      if (life && !failed) {
        try {
          return { channel: await openWorker(life, receive) }
        } catch (error) {
          reason = error instanceof NoWorker ? error.message : show(error)
          mayComeBack = !(error instanceof NoWorker)
          if (error instanceof NoWorker) warnOnce(error.remedy, reason)
          else warnOnce('the page goes back to the worker once it answers', reason)
        }
      }
      registration = undefined
      // This stands outside the `try`: code that cannot be loaded says nothing about storage, so it is no reason to use
      // memory instead.
      const openInPage = await loadInPage(receive)
      const opened = (channel: Channel) => ({
        channel,
        ...(reason === undefined ? {} : { degraded: reason }),
        ...(life && mayComeBack
          ? { better: (cancelled: () => boolean) => workerThatAnswers(life, receive, cancelled) }
          : {}),
      })
      if (options.durable() && failed?.host !== 'page') {
        try {
          return opened(await openInPage(true))
        } catch (error) {
          reason = show(error)
        }
      }
      // Events that the worker's hook has not seen may not be sent, and a queue in memory would lose them. They wait in
      // the outbox and the journal.
      const option = lacks()
      if (option) throw new Error(`${reason ?? 'nothing is stored'}; events wait for the ${option} of the worker`)
      return opened(await openInPage(false))
    },
  }
}
