/** Questions to the host that have an answer each. They are asked again until it comes, or until nobody can give it. */

import type { HostMessage, PageMessage, PageMessageBody } from '../../core/host/messages'

type Answer<Type extends HostMessage['type']> = Extract<HostMessage, { type: Type }>

interface Call {
  message: PageMessage
  /** The host that was asked. Another one has not heard of it; nor may one that had not said a word by then. */
  instance: string | undefined
  /** How often its answer was missed. */
  missed: number
  resolve(answer: HostMessage): void
}

export interface CallPorts {
  /** Posts a question, whose answer is waited for. */
  ask(body: PageMessageBody): PageMessage
  /** The host that answers now, once it has said anything. */
  instance(): string | undefined
  /** The answer for a question that no host can be asked: `undefined` while one can. */
  answerFromHere(body: PageMessageBody): HostMessage | undefined
}

export interface Calls {
  readonly open: number
  ask<Type extends HostMessage['type']>(body: PageMessageBody): Promise<Answer<Type>>
  answered(message: HostMessage): void
  /** Asks again what was asked of such hosts. */
  repeat(of: (instance: string | undefined) => boolean): void
  /** The host is there and has not answered: it may have work to do yet, or its answer is lost. Asks ever less often. */
  missed(): void
  /** What asks the question `id` again, if it is still open by then. */
  repeatLater(id: number): () => void
  /** Answers everything that is open from what is known here. */
  settle(answer: (body: PageMessageBody) => HostMessage): void
}

/** A question is asked again when its answer was missed this often, and at each doubling: no flush takes as long. */
const MISSED_ENOUGH = 16

export function createCalls({ ask: post, instance, answerFromHere }: CallPorts): Calls {
  /** By each id that it was asked under: any answer will do. */
  const calls = new Map<number, Call>()
  const open = () => new Set(calls.values())

  function ask(call: Call): void {
    const { outlast: _, id: __, queue: ___, quiet: ____, ...body } = call.message
    call.message = post(body as PageMessageBody)
    call.instance = instance()
    calls.set(call.message.id, call)
  }

  return {
    get open() {
      return calls.size
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
    repeat(of) {
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
