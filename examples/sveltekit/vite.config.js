import { sveltekit } from '@sveltejs/kit/vite'
import { outlast } from 'outlast/vite'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [sveltekit(), outlast()] })
