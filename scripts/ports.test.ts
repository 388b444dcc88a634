import { expect, it } from 'vitest'
import { choosePort } from './ports'

const free = async () => true
const taken = async () => false

it('takes the default port, or the next free one', async () => {
  expect(await choosePort(undefined, free)).toEqual({ port: 4173, moved: false })
  expect(await choosePort('', async (port) => port > 4174)).toEqual({ port: 4175, moved: true })
  await expect(choosePort(undefined, taken)).rejects.toThrow(/all in use/)
})

it('takes the port that was asked for, or none', async () => {
  expect(await choosePort('8080', free)).toEqual({ port: 8080, moved: false })
  await expect(choosePort('8080', taken)).rejects.toThrow(/Port 8080 is in use/)
})

it.each(['0', '65536', 'x', '-1', '80.5', '1e3'])('refuses PORT=%s', async (asked) => {
  await expect(choosePort(asked, free)).rejects.toThrow(/must be a number/)
})
