/** Questions to the host, each with one answer. A question is asked again until a host answers it, or none can. */

import type { HostMessage, PageMessage, PageMessageBody } from '../../core/host/messages'

type Answer<Type extends HostMessage['type']> = Extract<HostMessage, { type: Type }>

interface Call {
  message: PageMessage
  /** The id of the host that was asked, `undefined` if no host had spoken by then. Another host is asked anew. */
  instance: string | undefined
  /** How often the answer did not come in time. */
  missed: number
  resolve(answer: HostMessage): void
}

export interface CallPorts {
  /** Posts a question and expects its answer. */
  ask(body: PageMessageBody): PageMessage
  /** The id of the present host; `undefined` until its first message. */
  instance(): string | undefined
  /** The answer to a question while no host can be asked; `undefined` while a host can. */
  answerFromHere(body: PageMessageBody): HostMessage | undefined
}

export interface Calls {
  /** Whether a question has no answer yet. */
  readonly isOpen: boolean
  ask<Type extends HostMessage['type']>(body: PageMessageBody): Promise<Answer<Type>>
  answered(message: HostMessage): void
  /** Asks the open questions again, or those whose host's id passes `of`. */
  repeat(of?: (instance: string | undefined) => boolean): void
  /** Counts a missed answer for each open question: it may be lost, or still to come. Asks again, ever less often. */
  missed(): void
  /** Returns a function that asks the question `id` again if it is still open. */
  repeatLater(id: number): () => void
  /** Answers all open questions without a host. */
  settle(answer: (body: PageMessageBody) => HostMessage): void
}

/**
 * A question is asked again after this many missed answers, and at each doubling. A host that is busy with a long flush
 * answers each wake, so its misses come `ACK_TIMEOUT_MS` apart, and most flushes are over by then; a host that answers
 * nothing is waited for ever longer (`answer-timeout.ts`).
 */
const MISSED_ENOUGH = 16

export function createCalls({ ask: post, instance, answerFromHere }: CallPorts): Calls {
  /** The open calls, each under every message id that it was asked with: the answer to any of them counts. */
  const calls = new Map<number, Call>()
  const open = () => new Set(calls.values())

  function ask(call: Call): void {
    const { outlast: _, id: __, queue: ___, quiet: ____, ...body } = call.message
    call.message = post(body as PageMessageBody)
    call.instance = instance()
    calls.set(call.message.id, call)
  }

  return {
    get isOpen() {
      return calls.size > 0
    },
    ask: <Type extends HostMessage['type']>(body: PageMessageBody) =>
      new Promise<Answer<Type>>((resolve) => {
        const known = answerFromHere(body)
        if (known) return resolve(known as Answer<Type>)
        const message = { outlast: 0, id: 0, queue: '', ...body } as PageMessage
        ask({ message, instance: undefined, missed: 0, resolve: resolve as (answer: HostMessage) => void })
      }),
    answered(message) {
      const answered = calls.get(message.id)
      answered?.resolve(message)
      for (const [id, call] of calls) if (call === answered) calls.delete(id)
    },
    repeat(of = () => true) {
      for (const call of open()) if (of(call.instance)) ask(call)
    },
    missed() {
      for (const call of open()) {
        call.missed += 1
        const doublings = Math.log2(call.missed / MISSED_ENOUGH)
        if (doublings >= 0 && Number.isInteger(doublings)) ask(call)
      }
    },
    repeatLater(id) {
      const call = calls.get(id)
      return () => {
        if (call && calls.get(call.message.id) === call) ask(call)
      }
    },
    settle(answer) {
      for (const { message, resolve } of open()) resolve(answer(message))
      calls.clear()
    },
  }
}
