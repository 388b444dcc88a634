// An app whose worker precaches it, and keeps its events.
import { execFileSync } from 'node:child_process'
import { build } from 'vite'
import { generateSW } from 'workbox-build'

await build({ build: { outDir: 'dist' } })
execFileSync('outlast', ['copy', 'dist'], { stdio: 'inherit' })
await generateSW({
  globDirectory: 'dist',
  globPatterns: ['**/*.{html,js,css}'],
  // The folder's files are no part of the app's shell: the worker's own is fetched by the browser.
  globIgnores: ['__outlast/**'],
  swDest: 'dist/sw.js',
  importScripts: ['/__outlast/worker.js'],
  clientsClaim: true,
  skipWaiting: true,
})
