import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/examples',
  // Each builds a site, which takes both cores.
  workers: 1,
  timeout: 180_000,
})
