import type { Outlast } from '../src/page/types'

declare global {
  interface Window {
    outlast: Outlast
  }
}
