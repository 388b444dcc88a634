/** UUIDv7 (RFC 9562 §5.7): the time in ms, then a counter of 42 bits that grows within it, then 32 random bits. */

/**
 * If the clock goes back by no more than this many ms, ids keep the old time and count on, so that they stay in order.
 */
const ROLLBACK_MS = 10_000

let at = 0
let counter = 0

function random32(): number {
  try {
    return crypto.getRandomValues(new Uint32Array(1))[0] as number
  } catch {
    // A page may have replaced `crypto` by something that throws or is none.
    return Math.floor(Math.random() * 2 ** 32)
  }
}

export function newId(): string {
  // biome-ignore lint/complexity/useDateNow: a page may have replaced `Date.now` by something that throws.
  const now = new Date().getTime()
  if (now > at || now < at - ROLLBACK_MS) {
    at = now
    // The counter's highest bit stays free, for it to grow into.
    counter = random32() * 2 ** 9 + (random32() % 2 ** 9)
  } else {
    counter += 1
  }
  const high = hex(Math.floor(counter / 2 ** 30), 3)
  const low = hex(0x8000_0000 + (counter % 2 ** 30), 8)
  const time = hex(at, 12)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${low.slice(0, 4)}-${low.slice(4)}${hex(random32(), 8)}`
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
