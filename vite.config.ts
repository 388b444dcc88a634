import { availableParallelism } from 'node:os'
import { playwright } from '@vitest/browser-playwright'
import { tsImport } from 'tsx/esm/api'
import { defineConfig } from 'vitest/config'

// By tsx, as every other script loads it: Vite would bundle it, and warn of imports that name no extension.
const { chromiumLaunchOptions }: typeof import('./scripts/browsers/browser') = await tsImport(
  './scripts/browsers/browser.ts',
  import.meta.url,
)

/** Looked for only when it is launched: the other tests and the demo need no browser. */
const launchOptions = {
  get executablePath() {
    return chromiumLaunchOptions().executablePath
  },
  get args() {
    return chromiumLaunchOptions().args
  },
}

/** They load what the build has made. */
const BUILT = ['scripts/build/entries.test.ts', 'src/build/*.test.ts']

/** Random worlds, and a month of a site: in a project of their own, since a quick run has no time for them. */
const PLAYED = ['test/simulation/simulation.test.ts', 'bench/soak/month.test.ts']

/**
 * `testTimeout` is in ms. Tests run on a virtual clock: what takes as long hangs, and on a busy machine a process may be
 * stopped for some seconds.
 */
const IN_NODE = { testTimeout: 20_000 }

/** The demo's page, and the tests that need no built library. */
export default defineConfig({
  build: { outDir: 'dist-demo', emptyOutDir: true, target: 'es2022' },
  test: {
    // Vitest leaves one core free, which on two cores leaves half of the machine idle.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          ...IN_NODE,
          name: 'node',
          include: ['{src,test,demo,scripts,e2e,bench}/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.ts', '**/node_modules/**', ...BUILT, ...PLAYED],
        },
      },
      { test: { ...IN_NODE, name: 'built', include: BUILT } },
      { test: { ...IN_NODE, name: 'played', include: PLAYED } },
      {
        // Found late, they would reload the page in the middle of a test.
        optimizeDeps: { include: ['idb'] },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
