import { describe, expect, it } from 'vitest'
import { decideInstall, stampFor } from './staleness.mjs'

const vite = { version: '8.0.0', integrity: 'sha512-a' }
const lockOf = (packages: Record<string, object>) => JSON.stringify({ packages })
const lock = lockOf({ '': { version: '1.0.0' }, 'node_modules/vite': vite })
const installed = lockOf({ 'node_modules/vite': vite })

describe('decideInstall', () => {
  it('installs where there is no node_modules', () => {
    const state = { hasModules: false, stamp: undefined, installed: undefined }
    expect(decideInstall({ ...state, lock })).toMatchObject({ action: 'ci' })
    expect(decideInstall({ ...state, lock: undefined })).toMatchObject({ action: 'install' })
  })

  it('leaves node_modules alone where nothing says what should be in it', () => {
    const state = { hasModules: true, lock: undefined, stamp: undefined, installed }
    expect(decideInstall(state)).toEqual({ action: 'none' })
  })

  it('trusts a stamp of this very lock', () => {
    const state = { hasModules: true, lock, stamp: `${stampFor(lock)}\n`, installed: undefined }
    expect(decideInstall(state)).toEqual({ action: 'none' })
  })

  it('only stamps what npm itself installed from this lock', () => {
    expect(decideInstall({ hasModules: true, lock, stamp: undefined, installed })).toEqual({ action: 'stamp' })
    expect(decideInstall({ hasModules: true, lock, stamp: 'old', installed })).toEqual({ action: 'stamp' })
  })

  it('installs again for another version, another content, or a package too few', () => {
    const newer = lockOf({ 'node_modules/vite': { ...vite, version: '8.0.1' } })
    const different = lockOf({ 'node_modules/vite': { ...vite, integrity: 'sha512-b' } })
    for (const other of [newer, different, lockOf({})]) {
      expect(decideInstall({ hasModules: true, lock, stamp: 'old', installed: other })).toMatchObject({ action: 'ci' })
    }
  })

  it('installs again after an install that was cut off, which leaves no record', () => {
    const state = { hasModules: true, lock, stamp: undefined, installed: undefined }
    expect(decideInstall(state)).toMatchObject({ action: 'ci' })
  })

  it('does not miss packages of other systems', () => {
    const withOptional = lockOf({ 'node_modules/vite': vite, 'node_modules/fsevents': { optional: true } })
    const state = { hasModules: true, lock: withOptional, stamp: undefined, installed }
    expect(decideInstall(state)).toEqual({ action: 'stamp' })
  })
})
