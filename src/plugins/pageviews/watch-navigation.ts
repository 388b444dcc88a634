/** Tells of navigation within a page, as its routers do it. */

/** The ways in which the address was changed, by posthog-js's names. */
export type NavigationType = 'pushState' | 'replaceState' | 'popstate'

/** The types by the names of the Navigation API, which tells of a link to a part of the page as of a push. */
const TYPES: Record<string, NavigationType> = { push: 'pushState', replace: 'replaceState', traverse: 'popstate' }

/** How listeners are added. `signal` ends them. */
export interface ListenHow {
  capture: true
  signal: AbortSignal
}

/** The part of the Navigation API that is needed here. */
type Entries = EventTarget & { currentEntry?: unknown }

/**
 * Calls back whenever the page has another entry in its history, in the same task, whether or not its address is
 * another one.
 *
 * @param onChange must not throw, because routers call it
 */
export function watchNavigation(how: ListenHow, onChange: (type: NavigationType) => void): void {
  const { navigation } = window as { navigation?: Entries }
  // The Navigation API needs no function of the page to be replaced, and so no router can have kept an original one. A
  // frame without an origin has no entries.
  if (navigation?.currentEntry) {
    // The type is null where an entry is changed in its place, without another address.
    const changed = ({ navigationType = '' }: Event & { navigationType?: string }) => {
      const type = TYPES[navigationType]
      if (type) onChange(type)
    }
    navigation.addEventListener('currententrychange', changed, how)
    return
  }
  const { signal } = how
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    const own = function (this: History, ...given: Parameters<History['pushState']>): void {
      original.apply(this, given)
      if (!signal.aborted) onChange(method)
    }
    // Where the page has locked its history, there are still the events.
    Reflect.set(history, method, own)
    signal.addEventListener('abort', () => {
      // A function that another script has put around `own` meanwhile stays, and goes on calling it.
      if (history[method] === own) history[method] = original
    })
  }
  // `popstate` tells of a link to a part of the page, too.
  addEventListener('popstate', () => onChange('popstate'), how)
}
