import { describe, expect, it, vi } from 'vitest'
import { type BrowserName, chromiumArgs, ensureBrowser } from './browser'

const browser = { path: '/usr/bin/chromium', version: '1', from: 'test' }

describe('ensureBrowser', () => {
  it('installs nothing where there is a browser', () => {
    const installers = vi.fn()
    expect(ensureBrowser('chromium', { find: () => browser, installers })).toBe(browser)
    expect(installers).not.toHaveBeenCalled()
  })

  it('goes on to the next installer until a browser is found', () => {
    const told = vi.spyOn(console, 'error').mockReturnValue()
    let installed = false
    const installers = () => [
      { name: 'apt', install: () => false },
      { name: 'playwright', install: () => (installed = true) },
      { name: 'never', install: () => expect.unreachable() },
    ]
    expect(ensureBrowser('chromium', { find: () => (installed ? browser : undefined), installers })).toBe(browser)
    expect(told.mock.calls.flat().join('\n')).toMatch(/apt.*\n.*playwright/)
  })

  it('says what was tried and what to do where nothing works', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const installers = () => [
      { name: 'apt', install: () => false },
      { name: 'playwright', install: () => true },
    ]
    const message = /apt: failed.*playwright: finished, but.*set CHROMIUM_PATH/s
    expect(() => ensureBrowser('chromium', { find: () => undefined, installers })).toThrow(message)
  })

  it.each([
    ['firefox', /need Firefox.*nothing to install it with.*set FIREFOX_PATH/s],
    ['webkit', /need WebKitGTK.*apt-get install webkit2gtk-driver xvfb/s],
  ])('says for each browser what it lacks (%s)', (name, message) => {
    const wanted = name as BrowserName
    expect(() => ensureBrowser(wanted, { find: () => undefined, installers: () => [] })).toThrow(message)
  })
})

it('leaves the sandbox on, but for root', () => {
  expect(chromiumArgs(false)).not.toContain('--no-sandbox')
  expect(chromiumArgs(true)).toEqual(['--no-sandbox', ...chromiumArgs(false)])
})
