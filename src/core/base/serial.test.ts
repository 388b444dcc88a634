import { expect, test } from 'vitest'
import { createSerial } from './serial'

/** Work whose end the test decides. */
function work(log: string[], name: string) {
  let end: (fails: boolean) => void = () => undefined
  const ended = new Promise<string>((resolve, reject) => {
    end = (fails) => (fails ? reject(new Error(name)) : resolve(name))
  })
  const run = () => {
    log.push(name)
    return ended
  }
  return { run, end: (fails = false) => end(fails) }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('work begins in the order in which it was given, each piece after the end of the one before', async () => {
  const log: string[] = []
  const { run } = createSerial()
  const [first, second] = [work(log, 'first'), work(log, 'second')]
  const results = [run(first.run), run(second.run)]
  await settled()
  expect(log).toEqual(['first'])
  first.end()
  await settled()
  expect(log).toEqual(['first', 'second'])
  second.end()
  expect(await Promise.all(results)).toEqual(['first', 'second'])
})

test('a failure is for the caller of that work alone', async () => {
  const log: string[] = []
  const { run } = createSerial()
  const [first, second] = [work(log, 'first'), work(log, 'second')]
  const failing = run(first.run)
  const following = run(second.run)
  first.end(true)
  second.end()
  await expect(failing).rejects.toThrow('first')
  expect(await following).toBe('second')
})

test('`ended` waits for all work that was given before, and does not fail with it', async () => {
  const log: string[] = []
  const serial = createSerial()
  const [first, second] = [work(log, 'first'), work(log, 'second')]
  const running = [serial.run(first.run), serial.run(second.run)]
  void serial.ended().then(() => log.push('ended'))
  first.end()
  await settled()
  expect(log).toEqual(['first', 'second'])
  second.end(true)
  await Promise.allSettled(running)
  await settled()
  expect(log).toEqual(['first', 'second', 'ended'])
})
