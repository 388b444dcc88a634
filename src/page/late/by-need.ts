/**
 * Begins with code that only some pages need, which has a file of its own. While that code cannot be loaded, the client
 * is like one whose late code has not come: what it has captured waits, on disk if it may be there, and its calls are
 * answered without the code.
 */

import type { Answers, Front, FrontPorts } from '../../client/first/front'
import { unanswered } from '../../client/first/unanswered'
import { show } from '../../core/base/values'

/** The same limits in ms as in first/page-client.ts, which would have to export them to this code. */
const LOAD_LIMIT_MS = 10_000
const RELOAD_MS = 5_000

const timer = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms))

/** Resolves once code has had its time to come. */
export const codeIsLate = () => timer(LOAD_LIMIT_MS)

/**
 * @param ask imports the code
 * @param begin called once with it
 * @returns what `begin` gives, or a stand-in that passes calls on to what `begin` gives as soon as that is there
 */
export function beginWith<Code extends object>(
  front: Front,
  ports: Pick<FrontPorts, 'countWritten'>,
  ask: () => Promise<Code>,
  begin: (code: Code) => Answers | Promise<Answers>,
): Promise<Answers> {
  const { emitter, setup } = front
  let answers: Answers | undefined

  async function attempt(failures: number): Promise<Answers> {
    const code = await Promise.race([ask().catch(show), codeIsLate()])
    if (typeof code === 'object') {
      answers = await begin(code)
      return answers
    }
    if (failures === 1) {
      const reason = `late code not loaded ${code ?? 'timeout'}`
      setup.logs.warn(reason)
      emitter.emit('degraded', { reason, from: 'worker', to: 'memory' })
    }
    void timer(RELOAD_MS * failures).then(() => attempt(failures + 1))
    return standIn(front, ports, () => answers)
  }

  return attempt(1)
}

/** Answers as a client without late code does, and passes calls on as soon as there is something that answers them. */
export function standIn(
  { outbox }: Front,
  { countWritten }: Pick<FrontPorts, 'countWritten'>,
  answers: () => Answers | undefined,
): Answers {
  const otherwise = unanswered(() => outbox.count, countWritten)
  const names = Object.keys(otherwise) as (keyof typeof otherwise)[]
  const passing = names.map((name) => [
    name,
    (...given: unknown[]) => ((answers() ?? otherwise)[name] as (...given: unknown[]) => unknown)(...given),
  ])
  return { ...(Object.fromEntries(passing) as typeof otherwise), ready: { host: 'memory', storage: 'memory' } }
}
