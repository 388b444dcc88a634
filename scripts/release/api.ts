/**
 * Compares the public API with the reports in docs/api/, so that no change to it goes unseen. `--update` writes them.
 *
 * What is checked are the built declarations, which is what a user's editor and compiler read.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { type Entry, typedEntries } from './package-entries'

const REPORTS = path.join(root, 'docs/api')
const MANIFEST = path.join(root, 'package.json')

await run(() => {
  const update = process.argv.includes('--update')
  const entries = typedEntries(JSON.parse(readFileSync(MANIFEST, 'utf8')).exports)
  if (entries.length === 0) throw new Problem('The "exports" of package.json name no types: no API to report.')
  mkdirSync(REPORTS, { recursive: true })
  const scratch = mkdtempSync(path.join(tmpdir(), 'outlast-api-'))
  try {
    const problems = [...entries.flatMap((entry) => check(entry, scratch, update)), ...leftovers(entries, update)]
    if (problems.length > 0) throw new Problem(problems.join('\n'))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})

/** @returns what is wrong */
function check({ name, types }: Entry, scratch: string, update: boolean): string[] {
  if (!existsSync(path.join(root, types))) return [`${types} is missing. Run "npm run build" first.`]
  const isNew = !existsSync(path.join(REPORTS, reportName(name)))
  const errors: string[] = []
  const changed = extract(configFor(name, types, scratch), update, errors)
  if (errors.length > 0) return errors.map((error) => `${types}: ${error}`)
  const state = isNew ? 'new' : changed ? 'changed' : 'unchanged'
  console.log(`${update && state !== 'unchanged' ? 'written' : state}: docs/api/${reportName(name)}`)
  if (update || state === 'unchanged') return []
  return [`The API of ${types} is ${state}. If that is meant, run "npm run api:update" and commit its report.`]
}

/**
 * @param errors filled with what went wrong
 * @returns true if the report is another one
 */
function extract(config: ExtractorConfig, update: boolean, errors: string[]): boolean {
  try {
    const { apiReportChanged } = Extractor.invoke(config, {
      localBuild: update,
      printApiReportDiff: !update,
      messageCallback: (message) => {
        message.handled = true
        if (message.messageId === 'console-api-report-diff') console.log(message.text)
        else if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.formatMessageWithoutLocation())
      },
    })
    return apiReportChanged
  } catch (error) {
    // Thrown for declarations that refer to a type which is not there; its name is in the first line.
    errors.push(String(error).split('\n', 1)[0] ?? '')
    return false
  }
}

function configFor(name: string, types: string, scratch: string) {
  const shown = { logLevel: ExtractorLogLevel.None, addToApiReportFile: true }
  const hidden = { logLevel: ExtractorLogLevel.None }
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: path.join(root, types),
      // The same line ends everywhere: the reports are compared byte for byte.
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            module: 'ESNext',
            moduleResolution: 'Bundler',
            // Pages and workers both; where the two disagree skipLibCheck lets it be.
            lib: ['ES2022', 'DOM', 'DOM.Iterable', 'WebWorker'],
            types: [],
            strict: true,
            skipLibCheck: true,
          },
          files: [path.join(root, types)],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: REPORTS,
        reportTempFolder: scratch,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // A type that is used but not exported is part of what a reader of the report has to know.
        extractorMessageReporting: { default: hidden, 'ae-forgotten-export': shown },
        tsdocMessageReporting: { default: hidden },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: MANIFEST,
  })
}

/**
 * Reports of entries that are gone.
 *
 * @returns what is wrong
 */
function leftovers(entries: Entry[], update: boolean): string[] {
  const expected = new Set(entries.map(({ name }) => reportName(name)))
  const old = readdirSync(REPORTS).filter((file) => file.endsWith('.api.md') && !expected.has(file))
  if (!update) return old.map((file) => `docs/api/${file} belongs to no entry. Run "npm run api:update" to remove it.`)
  for (const file of old) rmSync(path.join(REPORTS, file))
  return []
}

function reportName(name: string) {
  return `${name}.api.md`
}
