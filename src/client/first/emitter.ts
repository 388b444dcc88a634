/** Listeners by name. One that throws stops neither the others nor the event. */

import type { Log } from './log'

export interface Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void
  emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void
}

export function createEmitter<Events>(log: Log): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(detail: never) => void>>()
  const telling = new Set<keyof Events>()
  return {
    on(name, listener) {
      const own = listeners.get(name) ?? new Set()
      listeners.set(name, own)
      own.add(listener)
      return () => own.delete(listener)
    },
    emit(name, detail) {
      // A listener that captures whenever an event is dropped would be told of that drop too, without end.
      if (telling.has(name)) return
      telling.add(name)
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(detail as never)
        } catch (error) {
          log.tell('listener', name, error)
        }
      }
      telling.delete(name)
    },
  }
}
