import { expect, it } from 'vitest'
import { npmCommand } from './npm.mjs'

it('uses the npm that runs the script', () => {
  const command = npmCommand(['ci'], { env: { npm_execpath: '/opt/npm/bin/npm-cli.js' }, platform: 'win32' })
  expect(command).toEqual({ file: process.execPath, args: ['/opt/npm/bin/npm-cli.js', 'ci'], shell: false })
})

it('takes npm from the PATH otherwise, on Windows through a shell', () => {
  expect(npmCommand(['ci'], { env: {}, platform: 'linux' })).toEqual({ file: 'npm', args: ['ci'], shell: false })
  expect(npmCommand(['ci'], { env: { npm_execpath: '/opt/yarn.js' }, platform: 'win32' })).toMatchObject({
    file: 'npm',
    shell: true,
  })
})
