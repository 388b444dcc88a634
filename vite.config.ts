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

/** The demo's page, and the tests that need no built library. */
export default defineConfig({
  build: { outDir: 'dist-demo', emptyOutDir: true, target: 'es2022' },
  test: {
    projects: [
      {
        test: {
          name: 'node',
          // In ms. Tests run on a virtual clock: what takes as long hangs, and on a busy machine a process may be stopped for some seconds.
          testTimeout: 20_000,
          include: ['{src,test,demo,scripts,e2e,bench}/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
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
