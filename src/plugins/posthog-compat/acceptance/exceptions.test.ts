import { expect, test } from 'vitest'
import { started } from './rig'

test('steps go with the next error that is captured, and only with that', () => {
  const { posthog, w } = started({ before_send: (event) => (event.properties.drop ? null : event) })
  posthog.addExceptionStep('opened', { id: 1 })
  posthog.addExceptionStep('  ')
  posthog.captureException(new Error('dropped'), { drop: true })
  posthog.captureException(new Error('broken'), { more: 2 })
  expect(w.last()).toMatchObject({ $exception_level: 'error', more: 2 })
  expect(w.last().$exception_steps).toEqual([
    { id: 1, $message: 'opened', $timestamp: expect.stringMatching(/^\d{4}-/) },
  ])
  posthog.captureException(new Error('next'))
  expect(w.last()).not.toHaveProperty('$exception_steps')
})

test('a step whose properties throw when they are read throws nothing, and is left out', () => {
  const { posthog, w } = started()
  const hostile = {
    get thrown() {
      throw new Error('hostile')
    },
  }
  posthog.addExceptionStep('hostile', { hostile })
  posthog.addExceptionStep('fine')
  posthog.captureException(new Error('broken'))
  expect(w.last().$exception_steps).toMatchObject([{ $message: 'fine' }])
})

test('P10: a refusal empties the steps, and none is kept until the person agrees', () => {
  const { posthog, w } = started()
  posthog.addExceptionStep('before the refusal')
  posthog.opt_out_capturing()
  posthog.addExceptionStep('while refusing')
  posthog.opt_in_capturing()
  posthog.captureException(new Error('broken'))
  expect(w.last()).not.toHaveProperty('$exception_steps')
  posthog.addExceptionStep('after it')
  posthog.captureException(new Error('broken'))
  expect(w.last().$exception_steps).toMatchObject([{ $message: 'after it' }])
})

test('steps are kept as error_tracking says', () => {
  const { posthog, w } = started({ error_tracking: { exception_steps: { enabled: false } } })
  posthog.addExceptionStep('unasked')
  posthog.captureException(new Error('broken'))
  expect(w.last()).not.toHaveProperty('$exception_steps')
})
