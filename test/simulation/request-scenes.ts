/** Requests of pages, alone or several in a row, with what befalls their hosts and their pages meanwhile. */

import type { Random } from '../support/random'
import { OK } from './answers'
import { type Dice, weighed } from './dice'
import { randomHostAnswer } from './random-answers'
import { type RequestToSend, SECRET_MS } from './request-steps'
import type { Step } from './steps'

const KEYS = ['cart', 'draft']

/**
 * @param hosts how many the relay names
 * @param failing of how many of them something may become; the others stay well
 * @returns the next scene
 */
export function requestScenes(hosts: number, failing: number, dice: Dice & Pick<Random, 'integer'>): () => Step[] {
  const { chance, pick, integer, upTo, pause } = dice
  return scene

  function scene(): Step[] {
    const tab = chance(0.7) ? upTo(4) : -1
    const kinds: [weight: number, make: () => Step[]][] = [
      [30, () => [send(tab, pause())]],
      [6, () => Array.from({ length: integer(2, 6) }, () => send(tab, 0))],
      [2, () => [{ do: pick(['relay stats', 'relay flush'] as const), tab, ms: pause() }]],
      [5, () => [{ do: 'host answer', host: upTo(failing), answer: randomHostAnswer(dice), ms: pause() }]],
      [2, () => latest(tab)],
      [1.5, () => down(tab)],
      [1, () => left(tab)],
      [0.7, () => outlived(tab)],
      [0.8, () => choice(tab)],
    ]
    return weighed(dice, kinds)?.() ?? []
  }

  function send(tab: number, ms: number, more: Partial<RequestToSend> = {}): Step {
    const body = pick(['text', 'text', 'bytes', 'none'] as const)
    const request: RequestToSend = {
      host: chance(0.03) ? -1 : upTo(hosts),
      method: body === 'none' ? pick(['POST', 'GET'] as const) : pick(['POST', 'POST', 'PUT'] as const),
      body,
      size: chance(0.05) ? upTo(3_000) : upTo(80),
      credentials: pick(['omit', 'same-origin', 'include'] as const),
      ...(chance(0.2) ? { key: pick(KEYS) } : {}),
      ...(chance(0.2) ? { header: pick(['secret', 'secret', 'type', 'type', 'forbidden'] as const) } : {}),
      ...(chance(0.02) ? { unwanted: true } : {}),
      ...more,
    }
    return { do: 'send', tab, request, ms }
  }

  /** A host is down while several requests of one key come, and others between them. */
  function latest(tab: number): Step[] {
    const host = upTo(failing)
    const key = pick(KEYS)
    return [
      { do: 'host weather', host, answer: { kind: 'status', status: 503 }, ms: 0 },
      send(tab, upTo(500), { host }),
      ...Array.from({ length: integer(2, 4) }, () =>
        send(tab, pick([0, 5, 300]), { host, ...(chance(0.7) ? { key } : {}) }),
      ),
      { do: 'host weather', host, answer: OK, ms: pause() },
    ]
  }

  /** One host is down for long: the others are held up by nothing. */
  function down(tab: number): Step[] {
    const host = upTo(failing)
    return [
      {
        do: 'host weather',
        host,
        answer: pick([{ kind: 'status', status: 503 }, { kind: 'unreachable' }] as const),
        ms: 0,
      },
      send(tab, upTo(2_000), { host }),
      ...Array.from({ length: hosts }, (_, other) => send(tab, pause(), { host: other })),
      { do: 'wait', ms: 200_000 },
      { do: 'host weather', host, answer: OK, ms: pause() },
    ]
  }

  /** A page is left right after its last request. */
  function left(tab: number): Step[] {
    return [send(tab, upTo(40)), { do: pick(['close', 'away'] as const), tab, ms: pause() }]
  }

  /** A header may not be kept for as long as its host is down. */
  function outlived(tab: number): Step[] {
    const host = upTo(failing)
    return [
      { do: 'host weather', host, answer: { kind: 'status', status: 503 }, ms: 0 },
      send(tab, upTo(500), { host, header: 'secret' }),
      send(tab, upTo(500), { host, header: 'secret' }),
      { do: 'wait', ms: SECRET_MS + upTo(SECRET_MS) },
      { do: 'host weather', host, answer: OK, ms: pause() },
    ]
  }

  function choice(tab: number): Step[] {
    const soon = () => pick([0, 1, 5, 60, 400])
    // A page that has no host yet, and so has its last words to send itself.
    if (chance(0.2))
      return [
        { do: 'open', setup: { version: 0, worker: chance(0.5), workerVersion: 0, options: {} }, ms: upTo(5) },
        send(-1, 0),
        { do: 'relay refuse', tab: -1, ms: 0 },
        { do: pick(['close', 'away'] as const), tab: -1, ms: soon() },
        { do: 'relay consent', tab, ms: soon() },
      ]
    const steps: Step[] = [send(tab, soon())]
    // The page is left before a host has told it of the request.
    if (chance(0.3))
      return [
        ...steps,
        { do: pick(['relay refuse', 'relay erase'] as const), tab, ms: pick([0, 1, 5]) },
        { do: pick(['close', 'away'] as const), tab, ms: soon() },
        { do: 'relay consent', tab: upTo(4), ms: soon() },
      ]
    if (chance(0.8))
      steps.push({ do: pick(['relay refuse', 'relay erase'] as const), tab, ms: soon() }, send(tab, soon()))
    if (chance(0.3)) steps.push(send(upTo(4), upTo(2_000)))
    return [...steps, { do: 'relay consent', tab, ms: soon() }, send(tab, soon())]
  }
}
