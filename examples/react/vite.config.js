import { outlast } from 'outlast/vite'
import { defineConfig } from 'vite'

// A relative base: the build may be served from any folder of a site.
export default defineConfig({ base: './', plugins: [outlast()], oxc: { jsx: { runtime: 'automatic' } } })
