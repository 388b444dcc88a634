// Next runs this in the page, before it hydrates.
import { outlast } from './app/analytics'

outlast.capture('example', { from: 'nextjs' })
