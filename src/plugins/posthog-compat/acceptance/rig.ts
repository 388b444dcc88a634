/** An instance over a real client, with a page of its own where a test needs one. */

import { vi } from 'vitest'
import { flagsAnswer, on } from '../../../../test/support/client/flags-endpoint'
import { BEGIN, type World, world } from '../../../../test/support/client/world'
import { idsFrom } from '../../../../test/support/core/fixtures'
import { START, virtualClock } from '../../../../test/support/core/virtual-clock'
import { type StorageKind, webStorage } from '../../../page/first/web-storage'
import type { OutlastOptions } from '../../../page/types'
import { createPostHogLike } from '../index'
import type { PostHogConfig, PostHogLike } from '../types'

export const HOST = 'https://events.example.com'
export const TOKEN = 'test-token'

export interface Started {
  posthog: PostHogLike
  /** The world of the latest client. */
  readonly w: World
  /** The options that outlast's `init` was given. */
  readonly options: OutlastOptions
  /** The names of the events in the queue. */
  names(): string[]
}

/** An instance before `init`. */
export function instance(): Started {
  const worlds: { w: World; options: OutlastOptions }[] = []
  const latest = () => {
    const last = worlds.at(-1)
    if (!last) throw new Error('init did not make a client')
    return last
  }
  const newId = idsFrom(9_000_000)
  const clock = virtualClock()
  clock.jump(BEGIN - START)
  const posthog = createPostHogLike({
    init(token, options = {}) {
      const store = (kind: StorageKind) => webStorage(kind, `${token}:`, () => undefined)
      const isPage = typeof window !== 'undefined'
      const stores = {
        // As on a real page: a choice is on the device, also where nothing else may be.
        ...(isPage && { choice: store('localStorage') }),
        ...(isPage &&
          options.persistence !== 'memory' && {
            stores: { kept: store('localStorage'), tab: store('sessionStorage') },
          }),
      }
      const bootstrapId = options.bootstrap?.distinctId
      const w = world({ options, ...stores, ...(bootstrapId === undefined ? {} : { bootstrapId }) })
      w.flags.answer = () => flagsAnswer({ beta: on('blue', { payload: '{"size":4}' }), old: { enabled: false } })
      worlds.push({ w, options })
      return w.client
    },
    clock,
    newId,
    sender: { send: (request, how) => latest().w.flags.send(request, how) },
  })
  return {
    posthog,
    get w() {
      return latest().w
    },
    get options() {
      return latest().options
    },
    names: () => worlds.flatMap(({ w }) => w.enqueued.map(({ event }) => event)),
  }
}

/** An instance that has started. */
export function started(config: PostHogConfig = {}, before: (posthog: PostHogLike) => void = () => undefined): Started {
  const made = instance()
  before(made.posthog)
  made.posthog.init(TOKEN, { api_host: HOST, capture_pageview: false, ...config })
  return made
}

/** What a device keeps from page to page. */
export interface Visitor {
  local: Map<string, string>
  tab: Map<string, string>
  cookie: string
}

export const visitor = (): Visitor => ({ local: new Map(), tab: new Map(), cookie: '' })

/** Puts a page of this visitor around what a test does. `vi.unstubAllGlobals` removes it. */
export function page(of: Visitor = visitor(), { visible = true, path = '/' } = {}) {
  const listeners = new EventTarget()
  const location = new URL(`https://shop.example.com${path}`)
  const move = (_: unknown, __: string, to: string) => {
    location.href = new URL(to, location).href
  }
  const document = Object.assign(new EventTarget(), {
    visibilityState: visible ? 'visible' : 'hidden',
    title: 'Shop',
    cookie: of.cookie,
    referrer: '',
  })
  const navigator = { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0', vendor: '', maxTouchPoints: 0 }
  const screen = { width: 1280, height: 720 }
  const globals = {
    window: { localStorage: storage(of.local), sessionStorage: storage(of.tab), navigator, screen, location },
    document,
    location,
    history: { pushState: move, replaceState: move },
    addEventListener: listeners.addEventListener.bind(listeners),
    navigator,
  }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  const tell = (name: string) => () => listeners.dispatchEvent(new Event(name))
  return { document, location, history: globals.history, leave: tell('pagehide'), changeStorage: tell('storage') }
}

function storage(values: Map<string, string>): Record<string, unknown> {
  const methods = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
  return new Proxy(methods, {
    ownKeys: () => [...values.keys()],
    getOwnPropertyDescriptor: (_, key) => ({ value: values.get(String(key)), enumerable: true, configurable: true }),
  })
}
