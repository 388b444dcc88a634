/**
 * Chromium with a profile on disk, driven over a pipe by nothing but the DevTools protocol. Playwright would hold up
 * each worker and page until it has looked at it, and how soon they are there is what is to be measured.
 */

import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { LIGHT_WINDOWS } from '../../e2e/browser'
import { chromiumLaunchOptions } from '../../scripts/browsers/browser'

/** A call that takes longer hangs, in ms. */
const CALL_LIMIT_MS = 30_000

/** The protocol's messages end in this character. */
const END = '\0'

export type PipedBrowser = Awaited<ReturnType<typeof launchPiped>>

/** What a page tells: its type, and more that is its own business. */
export interface Told {
  type: string
  text?: string
}

interface Message {
  id: number
  result?: unknown
  error?: { message: string }
  method?: string
  params?: unknown
  sessionId?: string
}

export async function launchPiped(profile: string) {
  const { executablePath, args } = chromiumLaunchOptions()
  const switches = [...args, LIGHT_WINDOWS, '--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`]
  const child = spawn(executablePath, [...switches, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const toBrowser = child.stdio[3] as Writable
  const fromBrowser = child.stdio[4] as Readable
  /** Everything that it said has been read by then. */
  const ended = new Promise((resolve) => child.once('close', resolve))
  const failed = new Promise((_, reject) => child.once('error', reject))
  const waiting = new Map<number, (message: Message) => void>()
  const listeners = new Set<(message: Message) => void>()
  let lastId = 0

  // A killed browser cannot be written to; what was asked of it is rejected by its end.
  toBrowser.on('error', () => undefined)
  let rest = ''
  fromBrowser.setEncoding('utf8').on('data', (text) => {
    const messages = (rest + text).split(END)
    rest = messages.pop() ?? ''
    for (const json of messages) receive(JSON.parse(json))
  })

  function receive(message: Message) {
    if (message.id === undefined) for (const listener of listeners) listener(message)
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  }

  /** @returns rejects where the browser ends first, or it takes too long */
  async function within<T>(work: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} takes too long`)), CALL_LIMIT_MS)
    })
    const gone = ended.then(() => Promise.reject(new Error(`the browser ended before ${what}`)))
    try {
      return (await Promise.race([work, late, gone, failed])) as T
    } finally {
      clearTimeout(timer)
    }
  }

  async function call<Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
    lastId += 1
    const id = lastId
    const answered = new Promise((resolve) => waiting.set(id, resolve))
    toBrowser.write(JSON.stringify({ id, method, params, sessionId }) + END)
    const { result, error } = (await within(answered, method)) as Message
    if (error) throw new Error(`${method}: ${error.message}`)
    return result as Result
  }

  /** A page that tells things by a function `tell` of its own, as JSON. */
  async function open(url: string) {
    const { targetId } = await call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
    const told: Told[] = []
    const looks = new Set<() => void>()
    listeners.add(({ method, params, sessionId: from }) => {
      if (from !== sessionId) return
      if (method === 'Runtime.exceptionThrown') told.push({ type: 'error', text: JSON.stringify(params) })
      if (method === 'Runtime.bindingCalled') told.push(JSON.parse((params as { payload: string }).payload))
      for (const look of looks) look()
    })
    await call('Runtime.enable', {}, sessionId)
    await call('Runtime.addBinding', { name: 'tell' }, sessionId)
    await call('Page.navigate', { url }, sessionId)

    return {
      /** In the order in which it was told. */
      told,
      /** The first of a type. */
      heard<Message extends Told>(type: Message['type']): Promise<Message> {
        const found = new Promise<Message>((resolve, reject) => {
          const look = () => {
            const message = told.find((one) => one.type === type || one.type === 'error')
            if (message?.type === 'error') reject(new Error(`an error in a page: ${message.text}`))
            else if (message) resolve(message as Message)
          }
          looks.add(look)
          look()
        })
        return within(found, `a page told what is "${type}"`)
      },
      run: (expression: string) => call('Runtime.evaluate', { expression }, sessionId),
      /** Ends all workers of the browser, as it may at any time itself. */
      async stopWorkers() {
        await call('ServiceWorker.enable', {}, sessionId)
        await call('ServiceWorker.stopAllWorkers', {}, sessionId)
      },
      close: () => call('Target.closeTarget', { targetId }),
    }
  }

  return {
    open,
    /** As a crash or a power button: at once, all processes. Resolves when all that it said has been read. */
    async kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGKILL')
      }
      await Promise.race([ended, failed])
    },
  }
}
