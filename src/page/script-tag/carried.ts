/**
 * All the code that the script tag loads late, in one classic script: see late-code.ts, which reads it from its
 * element.
 */

import { tracingHeaders } from '../../tracing-headers'
import { startDelivery } from '../late/delivery'
import { exceptions, startExceptions } from './exceptions'
import { startPageviews } from './pageviews'
import { startWebContext, webContext } from './web-context'
import { startWebVitals, webVitals } from './web-vitals'

if (document.currentScript) {
  Object.assign(document.currentScript, {
    carried: {
      startDelivery,
      exceptions,
      startExceptions,
      startPageviews,
      startWebContext,
      tracingHeaders,
      webContext,
      startWebVitals,
      webVitals,
    },
  })
}
