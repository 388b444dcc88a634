/** Watches the events of a page's life that matter here, but for page exit, which `page-exit.ts` watches. */

export interface LifecycleListener {
  /** The page is back: visible again, thawed, or out of the back/forward cache. */
  back(): void
  online(): void
  offline(): void
  /** Another tab wrote or removed this key in localStorage. */
  stored(key: string): void
}

/** Starts to watch. Returns a function that ends this. */
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
