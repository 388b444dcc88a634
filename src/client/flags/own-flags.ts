/** The flags of the present person: served at once where they are known, and asked for anew meanwhile. */

import type { FlagPorts } from './feature-flags'
import type { FlagAnswer, FlagSet } from './flag-answer'
import type { FlagCache, KnownFlags } from './flag-cache'
import type { FlagCalls } from './flag-calls'
import type { FlagRequests } from './flag-requests'
import type { Pause } from './pause'

/** Known flags are asked for anew this many ms after the server gave them, with the next question about one. */
const MAX_AGE_MS = 3_600_000

/**
 * A page that only listens asks the server this many ms after its listener came: most pages have asked in another way
 * by then.
 */
const LISTENER_MS = 100

/** Flags of `bootstrap` are of this page load, so the server is asked this many ms after the first question. */
const BOOTSTRAP_MS = 3_000

/** Flags, or why there are none. */
export interface Found {
  set?: FlagAnswer | KnownFlags | undefined
  error?: string | undefined
}

export interface OwnFlags {
  /**
   * @param fresh whether only what the server has answered this page will do
   * @param key the flag that is asked for, where the question is about one flag
   */
  find(fresh: boolean, key?: string): Promise<Found>
  reload(): Promise<void>
  /** Has a page that only listens ask the server too. */
  askForListener(): void
  /** Does what `FeatureFlags.look` promises. */
  look(elsewhere?: boolean): Promise<void>
  /**
   * Returns a function that says whether work may go on: there was no stop since it began, and the server may be asked.
   */
  untilStopped(): () => boolean
  stop(): void
}

interface OwnFlagsParts extends Pick<FlagPorts, 'clock' | 'allowed'> {
  requests: FlagRequests
  cache: FlagCache
  calls: FlagCalls
  pause: Pause
  /** The body of a request for the present person. */
  present(): string
  /** Hands the flags to the listeners. */
  tell(flags: FlagSet['flags']): void
}

export function createOwnFlags(parts: OwnFlagsParts): OwnFlags {
  const { clock, allowed, requests, cache, calls, pause, present, tell } = parts
  let loading: Promise<void> | undefined
  /** The timer of a request in the background. */
  let later: ReturnType<typeof clock.timer> | undefined
  /** The number of stops so far. */
  let stops = 0
  let seen = cache.whose()
  /** The person of whom listeners were last told that no flags are known. */
  let unknown: string | undefined

  /**
   * Tells listeners that no flags of the present person are known: they would otherwise wait for flags that do not
   * come, or go on with the flags of the person before.
   */
  function tellIfUnknown(): void {
    const whose = cache.whose()
    if (unknown === whose || cache.current()) return
    unknown = whose
    tell({})
  }

  function failed(reason: string): void {
    pause.failed(reason)
    tellIfUnknown()
  }

  function untilStopped(): () => boolean {
    const begun = stops
    return () => begun === stops && allowed()
  }

  async function load(): Promise<void> {
    const goesOn = untilStopped()
    const asked = present()
    const whose = cache.whose()
    const answer = await requests.ask(asked, goesOn)
    if (!goesOn()) return
    const isFailed = typeof answer === 'string'
    // Where the person, the groups or properties have changed meanwhile, the flags are asked for again; after a failure
    // only where the person or the groups have changed.
    if (isFailed ? whose !== cache.whose() : asked !== present()) return load()
    if (isFailed) return failed(answer)
    if (answer.quotaLimited) return failed('quota_limited')
    pause.end()
    unknown = undefined
    tell(cache.take(answer, asked, clock.now()).flags)
  }

  function reload(): Promise<void> {
    seen = cache.whose()
    if (loading) return loading
    const own = load().finally(() => {
      if (loading === own) loading = undefined
    })
    loading = own
    return own
  }

  /** Asks in the background, unless something else has asked by then. */
  function askLater(ms: number): void {
    if (later) return
    const goesOn = untilStopped()
    later = clock.timer(ms)
    void later.done.then(() => {
      later = undefined
      if (goesOn() && pause.isOver() && cache.current()?.at === undefined) void reload()
    })
  }

  function stop(): void {
    stops += 1
    loading = undefined
    later?.cancel()
    later = undefined
    calls.forget()
  }

  return {
    async find(fresh, key) {
      const known = cache.current()
      const answeredAt = known?.at
      // `bootstrap` need not have all flags.
      const has = known && !(known.first && key !== undefined && !cache.bootstrapped(key))
      if (known && has && (answeredAt !== undefined || !fresh) && cache.fit(known, present())) {
        if (known.first) askLater(BOOTSTRAP_MS)
        else if (!(answeredAt && clock.now() - answeredAt < MAX_AGE_MS) && pause.isOver()) void reload()
      } else if (loading || pause.isOver()) await reload()
      const set = cache.current()
      return { set: fresh && set?.at === undefined ? undefined : set, error: pause.error }
    },
    reload,
    askForListener() {
      const known = cache.current()
      if (known?.at === undefined) askLater(known?.first ? BOOTSTRAP_MS : LISTENER_MS)
    },
    async look(elsewhere = false) {
      // The changes of one task are asked for once.
      await undefined
      const whose = cache.whose()
      const isAnother = whose !== seen
      const isReset = anonymousIdOf(whose) !== anonymousIdOf(seen)
      seen = whose
      if (isReset) {
        stop()
        cache.forget()
        unknown = whose
        tell({})
      }
      const known = cache.current()
      if (!allowed() || (elsewhere && (known || !isAnother))) return
      if (isAnother || (known && !cache.fit(known, present()) && pause.isOver())) await reload()
      if (isAnother && whose === cache.whose()) tellIfUnknown()
    },
    untilStopped,
    stop,
  }
}

const anonymousIdOf = (whose: string): unknown => JSON.parse(whose)[0]
