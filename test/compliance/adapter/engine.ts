/** Where SDKs run: what the adapter needs of a browser or of Node. */

import { startChromiumEngine } from './chromium-engine'
import type { Failed, Outcome } from './driver'
import type { Passed } from './gateway'
import { startNodeEngine } from './node-engine'

export type Method = 'features' | 'capture' | 'captureAi' | 'flush' | 'getFeatureFlag' | 'state'

export type { Outcome }

/** One SDK, independent of all others. */
export interface Instance {
  /** The requests that the SDK made. */
  log: Passed[]
  /** Never rejects. */
  call: (method: Method, argument?: object) => Promise<Outcome>
  /** Ends the SDK at once; what was not sent is never sent. */
  discard: () => Promise<void>
}

interface Opening {
  apiKey: string
  target: string
  testId: string | undefined
  options: Record<string, unknown>
}

export interface Engine {
  name: string
  open: (opening: Opening) => Promise<{ ok: true; instance: Instance } | Failed>
  close: () => Promise<void>
}

type EngineName = 'chromium' | 'node'

export function startEngine(name: EngineName): Promise<Engine> {
  return name === 'node' ? startNodeEngine() : startChromiumEngine()
}

/** What the library that an engine runs can do. */
export async function featuresOf(engine: Engine) {
  const opening = { apiKey: 'phc_probe', target: 'http://127.0.0.1:9', testId: undefined, options: {} }
  const opened = await engine.open(opening)
  if (!opened.ok) return opened
  const features = await opened.instance.call('features')
  await opened.instance.discard()
  return features
}
