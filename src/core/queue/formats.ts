import type { CaptureMode, WireFormat } from '../event/event'

export const CAPTURE_MODES = ['v0', 'v1'] as const satisfies readonly CaptureMode[]

export const WIRE_FORMATS = [...CAPTURE_MODES, 'ai'] as const satisfies readonly WireFormat[]
