import { outlast } from 'outlast/vite'
import { defineConfig } from 'vite'

export default defineConfig({ base: '/shop/', plugins: [outlast()] })
