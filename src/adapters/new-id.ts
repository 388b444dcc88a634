/** UUIDv7 (RFC 9562 §5.7): the time in ms, then 10 bits that count on within a ms, then 62 random bits. */

import { platformTime } from './platform-time'

/**
 * How many ids a ms has room for: further ids take the next ms. With all 12 bits that the format has there, `tick`
 * would be no safe integer from 2039 on.
 */
const TICKS = 1_024

let tick = 0

/** Two random numbers of 32 bits. */
function randomPair(): Uint32Array {
  const pair = new Uint32Array(2)
  try {
    // A page may have replaced it by a function that fills the array and returns nothing.
    crypto.getRandomValues(pair)
    return pair
  } catch {
    // A page may have replaced `crypto` by something that throws or is none.
    return pair.map(() => Math.random() * 2 ** 32)
  }
}

export function newId(): string {
  // Where the clock goes back, ids go on from the old time, so that they stay in order.
  tick = Math.max(platformTime() * TICKS, tick + 1)
  const [first, last] = randomPair() as Uint32Array & [number, number]
  const low = hex(0x8000_0000 + (first % 2 ** 30), 8)
  const digits = `${hex(Math.floor(tick / TICKS), 12)}7${hex(tick % TICKS, 3)}${low}${hex(last, 8)}`
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
