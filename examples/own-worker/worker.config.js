// The worker is one classic script: every browser takes that.
import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    emptyOutDir: false,
    lib: { entry: 'src/sw.js', formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
  },
  define: { 'process.env.NODE_ENV': '"production"' },
})
