// @ts-check
import { describe, expect, it, vi } from 'vitest'
import { chromiumArgs, ensureChromium } from './browser.mjs'

const browser = { path: '/usr/bin/chromium', version: '1', from: 'test' }

describe('ensureChromium', () => {
  it('installs nothing where there is a browser', () => {
    const installers = vi.fn()
    expect(ensureChromium({ find: () => browser, installers })).toBe(browser)
    expect(installers).not.toHaveBeenCalled()
  })

  it('goes on to the next installer until a browser is found', () => {
    const log = vi.spyOn(console, 'log').mockReturnValue()
    let installed = false
    const installers = () => [
      { name: 'apt', install: () => false },
      { name: 'playwright', install: () => (installed = true) },
      { name: 'never', install: () => expect.unreachable() },
    ]
    expect(ensureChromium({ find: () => (installed ? browser : undefined), installers })).toBe(browser)
    expect(log.mock.calls.flat().join('\n')).toMatch(/apt.*\n.*playwright/)
  })

  it('says what was tried and what to do where nothing works', () => {
    vi.spyOn(console, 'log').mockReturnValue()
    const installers = () => [
      { name: 'apt', install: () => false },
      { name: 'playwright', install: () => true },
    ]
    const message = /apt: failed.*playwright: finished, but.*set CHROMIUM_PATH/s
    expect(() => ensureChromium({ find: () => undefined, installers })).toThrow(message)
  })
})

it('leaves the sandbox on, but for root', () => {
  expect(chromiumArgs(false)).not.toContain('--no-sandbox')
  expect(chromiumArgs(true)).toEqual(['--no-sandbox', ...chromiumArgs(false)])
})
