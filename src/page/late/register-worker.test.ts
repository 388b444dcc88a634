import { afterEach, expect, test, vi } from 'vitest'
import { registerWorker } from './register-worker'

afterEach(() => vi.unstubAllGlobals())

test('P5: under Trusted Types a worker can be asked for again, since the policy is made once', async () => {
  const register = vi.fn(async (url: unknown) => ({ scope: String(url) }))
  const names = new Set<string>()
  vi.stubGlobal('navigator', { serviceWorker: { register } })
  vi.stubGlobal('trustedTypes', {
    createPolicy(name: string, rules: object) {
      if (names.has(name)) throw new TypeError(`Policy with name "${name}" already exists.`)
      names.add(name)
      return rules
    },
  })
  for (const folder of ['one', 'one', 'other']) {
    await registerWorker({ url: `https://site.example/${folder}/worker.js`, scope: `https://site.example/${folder}/` })
  }
  expect(register).toHaveBeenCalledTimes(3)
})
