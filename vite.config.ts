import { defineConfig } from 'vitest/config'

/** The demo's page, and the tests that need no built library. */
export default defineConfig({
  build: { outDir: 'dist-demo', emptyOutDir: true, target: 'es2022' },
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['src/**/*.test.ts', 'demo/**/*.test.mjs', 'scripts/**/*.test.mjs', 'e2e/**/*.test.mjs'],
          exclude: ['src/**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
    ],
  },
})
