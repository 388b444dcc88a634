import { describe, expect, it } from 'vitest'
import { findChromium, findFirefox, findWebKit } from './find-browser'
import type { Machine } from './machine'

/** A machine with these browsers. A version of undefined is a browser that does not start. */
function machine(browsers: Record<string, string | undefined>, over: Partial<Machine> = {}): Machine {
  return {
    env: { PATH: '/bin:/usr/bin' },
    platform: 'linux',
    isExecutable: (file) => file in browsers,
    list: () => [],
    version: (file) => browsers[file],
    starts: (file) => browsers[file] !== undefined,
    playwrightChromium: () => undefined,
    ...over,
  }
}

describe('findChromium', () => {
  const all = { '/my/chrome': '1', '/usr/bin/chromium': '2', '/usr/bin/google-chrome': '3', '/pw/chrome': '4' }
  const playwrightChromium = () => '/pw/chrome'

  it('takes CHROMIUM_PATH before anything else', () => {
    const env = { PATH: '/usr/bin', CHROMIUM_PATH: '/my/chrome' }
    expect(findChromium(machine(all, { env, playwrightChromium }))).toMatchObject({ path: '/my/chrome', version: '1' })
  })

  it('takes an installed one before Playwright’s, and Chromium before Chrome', () => {
    expect(findChromium(machine(all, { playwrightChromium }))).toMatchObject({ path: '/usr/bin/chromium' })
    const { '/usr/bin/chromium': _, ...rest } = all
    expect(findChromium(machine(rest, { playwrightChromium }))).toMatchObject({ path: '/usr/bin/google-chrome' })
  })

  it('takes Playwright’s where none is installed', () => {
    const found = findChromium(machine({ '/pw/chrome': '4' }, { playwrightChromium }))
    expect(found).toEqual({ path: '/pw/chrome', version: '4', from: 'Playwright' })
  })

  it('passes over one that does not start', () => {
    const browsers = { '/usr/bin/chromium-browser': undefined, '/usr/bin/google-chrome': '3' }
    expect(findChromium(machine(browsers))).toMatchObject({ path: '/usr/bin/google-chrome' })
  })

  it('looks in the places of macOS and Windows', () => {
    const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    expect(findChromium(machine({ [mac]: '5' }, { platform: 'darwin' }))).toMatchObject({ path: mac })
    const windows = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
    const env = { PROGRAMFILES: 'C:\\Program Files' }
    expect(findChromium(machine({ [windows]: '6' }, { platform: 'win32', env }))).toMatchObject({ path: windows })
    expect(findChromium(machine({ [mac]: '5', [windows]: '6' }))).toBeUndefined()
  })

  it('refuses a CHROMIUM_PATH that cannot be used, whatever else there is', () => {
    const env = { PATH: '/usr/bin', CHROMIUM_PATH: '/gone' }
    expect(() => findChromium(machine(all, { env }))).toThrow(/CHROMIUM_PATH is "\/gone", which is not an executable/)
    expect(() => findChromium(machine({ ...all, '/gone': undefined }, { env }))).toThrow(/"\/gone --version" fails/)
  })

  it('finds nothing on an empty machine', () => {
    expect(findChromium(machine({}))).toBeUndefined()
    expect(findChromium(machine({}, { env: {} }))).toBeUndefined()
  })
})

it('finds Firefox, a chosen one before all and the long-term version before others', () => {
  const browsers = { '/usr/bin/firefox': '150', '/usr/bin/firefox-esr': '140', '/my/firefox': '1' }
  expect(findFirefox(machine(browsers))).toMatchObject({ path: '/usr/bin/firefox-esr', version: '140' })
  const env = { PATH: '/usr/bin', FIREFOX_PATH: '/my/firefox' }
  expect(findFirefox(machine(browsers, { env }))).toMatchObject({ path: '/my/firefox', from: 'FIREFOX_PATH' })
})

it('finds WebKit only with its driver, which has no --version, and with a screen for it', () => {
  const browser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
  const folders = new Map([
    ['/usr/lib', ['x86_64-linux-gnu', 'python3']],
    ['/usr/lib/x86_64-linux-gnu', ['libc.so', 'webkit2gtk-4.1']],
  ])
  const list = (folder: string) => folders.get(folder) ?? []
  const driver = '/usr/bin/WebKitWebDriver'
  const starts = (file: string) => file === driver
  const all = [browser, driver, '/usr/bin/Xvfb']
  const having = (files: string[]) => Object.fromEntries(files.map((file) => [file, undefined]))
  expect(findWebKit(machine(having(all), { list, starts }))).toEqual({
    path: browser,
    driver,
    version: 'webkit2gtk-4.1',
    from: '"WebKitWebDriver" on the PATH',
  })
  expect(findWebKit(machine(having(all), { list, starts: () => false }))).toBeUndefined()
  for (const missing of all) {
    const rest = having(all.filter((file) => file !== missing))
    expect(findWebKit(machine(rest, { list, starts }))).toBeUndefined()
  }
})
