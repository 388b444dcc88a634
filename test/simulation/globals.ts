/** What a context finds around it, as the parameters of the function that its bundle is made into. */

import { REPORT_CHANNEL, RULES_CHANNEL } from '../../src/core/base/names'
import type { BeforeSend } from '../../src/core/event/before-send'
import type { init } from '../../src/index'
import type { relay } from '../../src/relay'
import { pretendCompress } from './collector'
import { LateFiles } from './late-files'
import { ownLock } from './oracle/locks'
import { never, type Realm } from './realm'
import type { Simulated } from './realm/simulated'
import { factoryOf, keyRange, STORAGE_CLASSES } from './storage'

export interface Library {
  init: typeof init
  relay: typeof relay
  install(options: { beforeSend?: BeforeSend }): void
}

const NAMES = [
  'globalThis',
  'window',
  'document',
  'navigator',
  'location',
  'addEventListener',
  'removeEventListener',
  'localStorage',
  'BroadcastChannel',
  'Blob',
  'Request',
  'Response',
  'Date',
  'Math',
  'setTimeout',
  'clearTimeout',
  'indexedDB',
  'IDBKeyRange',
  'IDBDatabase',
  'IDBTransaction',
  'IDBObjectStore',
  'IDBRequest',
  'IDBIndex',
  'IDBCursor',
  'CompressionStream',
  'console',
  'performance',
  'self',
  'crypto',
  'simulated',
] as const

/** A version of the library that can be loaded into any number of contexts. */
export type Version = (...globals: unknown[]) => Library

export function versionOf(code: string): Version {
  return new Function(...NAMES, `'use strict'\n${code}\nreturn realm`) as Version
}

/** Loads a version with these globals, on top of those that every context has. */
export function load(version: Version, realm: Realm, own: Record<string, unknown>, more: Partial<Simulated>): Library {
  const { sim } = realm
  const simulated: Partial<Simulated> = {
    newId: realm.newId,
    load: new LateFiles(realm).load,
    compress: (text) => realm.effect('compress', () => pretendCompress(text)),
    ...more,
  }
  const global: Record<string, unknown> = {
    fetch: (url: string, init: RequestInit) => (realm.dead ? never() : sim.serverOf(url).fetch(realm, url, init)),
    ...own,
  }
  const common: Record<string, unknown> = {
    globalThis: global,
    BroadcastChannel: channelOf(realm),
    Date: dateOf(realm),
    Math: mathOf(realm),
    setTimeout: realm.setTimeout,
    clearTimeout: realm.clearTimeout,
    self: { setTimeout: realm.setTimeout },
    performance: { now: () => realm.sim.time.elapsed },
    indexedDB: factoryOf(realm),
    IDBKeyRange: keyRange,
    ...STORAGE_CLASSES,
    crypto: { getRandomValues: (bytes: Uint8Array) => bytes },
    simulated,
    ...own,
  }
  return version(...NAMES.map((name) => common[name]))
}

function dateOf({ sim }: Realm) {
  return class extends Date {
    static override now(): number {
      return sim.time.wall()
    }
  }
}

function mathOf({ sim }: Realm) {
  const { max, min, floor, ceil, round, abs, log2 } = Math
  return { max, min, floor, ceil, round, abs, log2, random: () => sim.random() }
}

function channelOf(realm: Realm) {
  const { sim } = realm
  return class Channel {
    onmessage: ((event: { data: unknown }) => void) | undefined

    constructor(readonly name: string) {
      if (name === RULES_CHANNEL && sim.world.deafTabs) throw new Error('the page has replaced BroadcastChannel')
      const leave = realm.atDeath(() => this.close())
      this.close = () => {
        sim.channels.delete(this)
        leave()
      }
      sim.channels.add(this)
    }

    close: () => void

    postMessage(data: unknown): void {
      if (realm.dead) return
      if (this.name === REPORT_CHANNEL) sim.reported(data)
      for (const other of sim.channels) {
        if (other !== this && other.name === this.name && other.onmessage) other.hear(data)
      }
    }

    hear(data: unknown): void {
      realm.later(1, () => {
        sim.hearing = this.name === REPORT_CHANNEL
        this.onmessage?.({ data })
        sim.hearing = false
      })
    }
  }
}

/** What hears that a lock was given back runs within so many microtasks. */
const LOCK_TICKS = 5

/** The locks of an origin: nobody here waits for one, because each sender's has a name of its own. */
export function locksOf(realm: Realm) {
  const { sim } = realm
  return {
    async request(name: string, { signal }: { signal: AbortSignal }, held: () => Promise<void>): Promise<void> {
      // One that was given back in this very task is free once that has been heard of.
      for (let tick = 0; tick < LOCK_TICKS && sim.locks.has(name); tick++) await undefined
      const ended = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')))
      })
      const granting = realm.effect('lock', () => {
        if (signal.aborted) return
        sim.oracle.hold({ name, holder: sim.locks.get(name)?.name, asker: realm.name }, ownLock)
        sim.locks.set(name, realm)
      })
      await Promise.race([granting, ended])
      const survive = realm.atDeath(() => sim.locks.delete(name))
      await held()
      survive()
      sim.locks.delete(name)
      if (realm.ousted) realm.disturb()
      realm.ousted = false
    },
    query: () => realm.effect('query', () => ({ held: [...sim.locks.keys()].map((name) => ({ name })) })),
  }
}
