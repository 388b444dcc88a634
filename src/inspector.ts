/**
 * Defines `<outlast-inspector>`, which shows the durable queues of this origin live: what is pending, in a request,
 * dropped and why, and what was answered last. It can flush, export and clear.
 *
 *     import 'outlast/inspector'
 *     document.querySelector('outlast-inspector').client = outlast
 *
 * @packageDocumentation
 */

import { OutlastInspector } from './inspector/inspector'

// Two versions of this library may meet in one page, and a name can be defined once.
if (typeof customElements !== 'undefined' && !customElements.get('outlast-inspector')) {
  customElements.define('outlast-inspector', OutlastInspector)
}

export type { OutlastInspector } from './inspector/inspector'

declare global {
  interface HTMLElementTagNameMap {
    'outlast-inspector': OutlastInspector
  }
}
