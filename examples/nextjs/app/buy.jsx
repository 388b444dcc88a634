'use client'

import { outlast } from './analytics'

export function Buy() {
  return (
    <button type="button" onClick={() => outlast.capture('checkout', { total: 42 })}>
      Buy
    </button>
  )
}
