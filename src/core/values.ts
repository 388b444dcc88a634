/** Small questions about values that may be anything. */

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

export function show(value: unknown): string {
  try {
    return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value).slice(0, 80)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return typeof value
  }
}

export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error === 'string' ? error : show(error)
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
