import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../paths'
import { INTERNAL_NAMES } from './internal-names'
import { BOUNDARIES, outsideNames } from './outside-names'

type Names = ReturnType<typeof outsideNames>

/** Types of the whole library are read, which takes seconds, and more of them on a busy machine. In ms. */
const READING_TIMEOUT = 120_000

describe('the list', () => {
  let names: Names
  beforeAll(() => {
    names = outsideNames(root)
  }, READING_TIMEOUT)

  it('has no name that the API, the platform, stored records, messages or requests know', () => {
    const known = Object.keys(INTERNAL_NAMES).filter((name) => names.outside.has(name))
    expect(known.map((name) => `${name}: ${names.outside.get(name)}`)).toEqual([])
  })

  it('is compared with files that are there', () => {
    expect([...BOUNDARIES].filter((name) => !existsSync(path.join(root, name)))).toEqual([])
  })

  it('gives each a short name of its own, which the sources do not use', () => {
    const short = Object.values(INTERNAL_NAMES)
    expect(short.filter((name, index) => short.indexOf(name) !== index)).toEqual([])
    expect(short.filter((name) => names.written.has(name))).toEqual([])
    expect(short.filter((name) => !/^[a-z_$][\w$]?$/i.test(name))).toEqual([])
  })
})

describe('a name is known outside', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-names-'))
  let names: Names

  beforeAll(() => {
    write('docs/api/index.api.md', 'interface Options { publicOption?: boolean }')
    write(
      'src/core/queue/records.ts',
      'export interface Row { storedField: number }\nexport const row: Row = { storedField: 1 }',
    )
    write(
      'src/own.ts',
      `interface Inner { ownName: number; publicOption: boolean; innerHTML: string; lookedUp: number }
       export function exportedName(inner: Inner) { return inner.ownName + inner['lookedUp'] }
       interface Sent { sentField: { sentDeep: number }[] }
       export const send = (sent: Sent) => JSON.stringify(sent)
       export const inferred = () => JSON.stringify({ writtenHere: 1 })
       export const take = (given: Record<string, unknown>) => given.takenField
       export const split = ({ splitField }: Record<string, unknown>) => splitField
       export const make = (): Record<string, unknown> => ({ madeField: 1 })
       interface Newer extends Document { newerFeature: { newerDetail: number } }
       export const ask = (page: Newer) => page.newerFeature.newerDetail
       export const claim = (value: unknown) => (value as { claimedField: number }).claimedField
       type Part = 'typeOnly'
       export const typed = (of: { typeOnly: number }, part: Part = 'lookedUp' as never) => [of.typeOnly, part]
       export const list = (of: { listed: number }) => Object.keys(of)`,
    )
    write('src/own.test.ts', 'export const onlyTested = { testedField: JSON.stringify({ ownName: 1 }) }')
    names = outsideNames(folder)
  }, READING_TIMEOUT)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['publicOption', 'docs/api/index.api.md'],
    ['innerHTML', 'platform'],
    ['storedField', 'boundary'],
    ['lookedUp', 'as a text'],
    ['exportedName', 'exports it'],
    ['sentField', 'stringify'],
    ['sentDeep', 'stringify'],
    ['writtenHere', 'stringify'],
    ['takenField', 'no declared names'],
    ['splitField', 'no declared names'],
    ['madeField', 'no declared names'],
    ['newerFeature', 'claims it'],
    ['newerDetail', 'claims it'],
    ['claimedField', 'claims it'],
    ['listed', 'keys()'],
  ])('%s: %s', (name, reason) => {
    expect(names.outside.get(name)).toContain(reason)
    expect(names.inside.has(name)).toBe(false)
  })

  it('and any other name of the shipped sources is not', () => {
    expect([...names.inside].sort()).toEqual(['ownName', 'typeOnly'])
  })

  function write(name: string, content: string) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
})
