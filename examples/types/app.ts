import 'outlast/inspector'
import { type BeforeSend, type DropReason, init, type Outlast, type OutlastOptions } from 'outlast'
import { addExceptionStep, captureException, exceptions } from 'outlast/exceptions'
import { deliverThrough } from 'outlast/posthog-js'
import { tracingHeaders } from 'outlast/tracing-headers'
import { webVitals } from 'outlast/web-vitals'

const scrub: BeforeSend = (event) => {
  if (event.event === 'private') return null
  return { ...event, properties: { ...event.properties, scrubbed: true } }
}
const options: OutlastOptions = { host: 'https://eu.i.posthog.com', beforeSend: [scrub], worker: false }
const outlast: Outlast = init('phc_example', options)
webVitals(outlast, { metrics: ['CLS', 'LCP'] })
tracingHeaders(outlast, ['api.example.com'])
exceptions(outlast, { sampleRate: ({ value }) => (value === 'noise' ? 0 : 1) }).stop()
addExceptionStep(outlast, 'a step', { n: 1 })
captureException(outlast, new Error('x'), { n: 1 }, { level: 'warn', mechanism: { handled: false } })

outlast.capture('one')
outlast.capture('two', { plan: 'pro' }, { timestamp: new Date(), groups: { company: 'acme' } })
// @ts-expect-error an event has a name
outlast.capture()
// @ts-expect-error no such mode
init('phc_example', { captureMode: 'v2' })

const off: () => void = outlast.on('drop', ({ reason, uuids }) => {
  const why: DropReason = reason
  const which: string[] = uuids
  console.log(why, which)
})
off()

const hook = deliverThrough(outlast)
const kept: { uuid: string } | null = hook({ uuid: '1', event: 'one', properties: { distinct_id: 'a' } })
console.log(kept)

export async function end(): Promise<number> {
  const { host, storage } = await outlast.ready
  console.log(host === 'worker', storage === 'indexeddb')
  const { delivered, kept: left, dropped } = await outlast.shutdown(1_000)
  const value: string | boolean | undefined = await outlast.getFeatureFlag('beta')
  console.log(value)
  return delivered + left + dropped
}

// An environment variable may be missing: then the default holds, also under exactOptionalPropertyTypes.
declare const environment: { host: string | undefined; debug: boolean | undefined }
init('phc_example', { host: environment.host, debug: environment.debug, bootstrap: { distinctId: environment.host } })
const fromEnvironment: OutlastOptions = { host: environment.host, worker: { url: '/sw.js', scope: environment.host } }
console.log(fromEnvironment)

interface Order {
  id: string
  total: number
}
declare const order: Order
outlast.capture('order', order, { uuid: environment.host })
outlast.captureBatch([{ event: 'order', properties: order }])
outlast.enqueue({ event: 'order', distinctId: 'ada', properties: order })
outlast.identify('ada', order, order)
outlast.group('company', 'acme', order)
outlast.setPersonProperties(order)
outlast.register(order)
// @ts-expect-error a text is no bag of properties
outlast.capture('order', 'expensive')

const inspector = document.createElement('outlast-inspector')
inspector.client = outlast
document.querySelector('outlast-inspector')?.remove()
