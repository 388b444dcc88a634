import { expect, it } from 'vitest'
import { isSupportedNode } from './node-version.mjs'

it.each(['v20.19.0', 'v20.20.2', 'v22.12.0', 'v23.0.0', 'v24.1.0', 'v26.0.0-nightly'])('takes %s', (version) => {
  expect(isSupportedNode(version)).toBe(true)
})

it.each(['v18.20.0', 'v20.18.3', 'v21.7.0', 'v22.11.0', 'v4.0.0'])('refuses %s', (version) => {
  expect(isSupportedNode(version)).toBe(false)
})
