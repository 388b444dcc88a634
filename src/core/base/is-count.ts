import { MAX_COUNT } from './limits'

/** Whether a value is a whole number from 0 to `MAX_COUNT`, beyond which sums would soon be inexact. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
