import { init } from 'outlast'
import 'outlast/inspector/react'

const outlast = init('phc_example')

export const byProperty = <outlast-inspector client={outlast} className="queue" />
export const byRef = (
  <outlast-inspector
    ref={(inspector) => {
      if (inspector) inspector.client = outlast
    }}
  />
)
// @ts-expect-error a client can flush
export const wrong = <outlast-inspector client="outlast" />
