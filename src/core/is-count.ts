import { MAX_COUNT } from './limits'

/** Beyond `MAX_COUNT` adding would soon be inexact. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
