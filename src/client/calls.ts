/** Questions to the host that have an answer each. They are asked again until it comes, or until nobody can give it. */

import type { HostMessage, PageMessage, PageMessageBody } from '../core/messages'

type Answer<Type extends HostMessage['type']> = Extract<HostMessage, { type: Type }>

interface Call {
  message: PageMessage
  /** The host that was asked. Another one has not heard of it; nor may one that had not said a word by then. */
  instance: string | undefined
  resolve(answer: HostMessage): void
}

export interface CallPorts {
  post(body: PageMessageBody): PageMessage
  /** The host that answers now, once it has said anything. */
  instance(): string | undefined
  /** The answer for a question that no host can be asked: `undefined` while one can. */
  answerFromHere(body: PageMessageBody): HostMessage | undefined
  /** A question has been asked. */
  onAsked(): void
}

export interface Calls {
  readonly open: number
  ask<Type extends HostMessage['type']>(body: PageMessageBody): Promise<Answer<Type>>
  answered(message: HostMessage): void
  /** Asks again what was asked of such hosts. */
  repeat(of: (instance: string | undefined) => boolean): void
  /** What asks the question `id` again, if it is still open by then. */
  repeatLater(id: number): () => void
  /** Answers everything that is open from what is known here. */
  settle(answer: (body: PageMessageBody) => HostMessage): void
}

export function createCalls({ post, instance, answerFromHere, onAsked }: CallPorts): Calls {
  const calls = new Map<number, Call>()

  function ask(call: Call): void {
    calls.delete(call.message.id)
    const { outlast: _, id: __, queue: ___, quiet: ____, ...body } = call.message
    call.message = post(body as PageMessageBody)
    call.instance = instance()
    calls.set(call.message.id, call)
    onAsked()
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
        ask({ message, instance: undefined, resolve: resolve as (answer: HostMessage) => void })
      }),
    answered(message) {
      calls.get(message.id)?.resolve(message)
      calls.delete(message.id)
    },
    repeat(of) {
      for (const call of [...calls.values()]) if (of(call.instance)) ask(call)
    },
    repeatLater(id) {
      const call = calls.get(id)
      return () => {
        if (call && calls.get(call.message.id) === call) ask(call)
      }
    },
    settle(answer) {
      for (const { message, resolve } of calls.values()) resolve(answer(message))
      calls.clear()
    },
  }
}
