/** Listeners by the name of an event. A listener that throws is warned of, and the others are called all the same. */

import type { Log } from './log'

export interface Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void
  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void
}

export function createEmitter<Events>(log: Log): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(detail: never) => void>>()
  const emitting = new Set<keyof Events>()
  return {
    on(name, listener) {
      const own = listeners.get(name) ?? new Set()
      listeners.set(name, own)
      own.add(listener)
      return () => own.delete(listener)
    },
    emit(name, detail) {
      // A listener that captures an event for each drop may cause a drop itself, and would be called for it without
      // end.
      if (emitting.has(name)) return
      emitting.add(name)
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(detail as never)
        } catch (error) {
          log.warnOf('listener', name, error)
        }
      }
      emitting.delete(name)
    },
  }
}
