import { defineConfig } from '@playwright/test'
import type { EngineName } from '../engines/engine'

/** The engines that Playwright does not drive. In Chromium the same tests are among the end-to-end tests. */
export default defineConfig<object, { engineName: EngineName }>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/any-engine',
  // What is the same in each engine, whatever they do, is tested in one of them.
  grepInvert: /@chromium/,
  // The pages of a test are windows of one browser, which has one at a time in front.
  workers: 1,
  timeout: 45_000,
  projects: (['firefox', 'webkit'] as const).map((engineName) => ({ name: engineName, use: { engineName } })),
  reporter: 'list',
})
