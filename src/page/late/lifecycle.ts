/** What happens to the page besides being hidden and left (see `departure.ts`), as the few things that matter to its events. */

export interface LifecycleListener {
  /** It is back: seen again, thawed, or out of the back/forward cache. */
  back(): void
  online(): void
  offline(): void
  /** Another tab wrote or removed this in localStorage. */
  stored(key: string): void
}

/** Starts listening. Returns the function that ends it. */
export function watchLifecycle(listener: LifecycleListener): () => void {
  const onVisibility = () => document.visibilityState !== 'hidden' && listener.back()
  const onPageShow = (event: PageTransitionEvent) => event.persisted && listener.back()
  const onStorage = ({ key }: StorageEvent) => key && listener.stored(key)
  // pageshow fires on window alone; bound to document it never does.
  const listeners: [EventTarget, string, (event: never) => void][] = [
    [window, 'pageshow', onPageShow],
    [window, 'online', listener.online],
    [window, 'offline', listener.offline],
    [window, 'storage', onStorage],
    [document, 'visibilitychange', onVisibility],
    [document, 'resume', listener.back],
  ]
  for (const [target, name, handler] of listeners) target.addEventListener(name, handler as EventListener)
  return () => {
    for (const [target, name, handler] of listeners) target.removeEventListener(name, handler as EventListener)
  }
}
