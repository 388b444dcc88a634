import type { Report } from '../../core/base/reports'
import type { Emitter } from '../first/emitter'
import type { OutlastEvents } from '../types'

/** Emits a host's report to this client's listeners. */
export function emitReport(emitter: Emitter<OutlastEvents>, { type, ...detail }: Report): void {
  emitter.emit(type, detail as never)
}
