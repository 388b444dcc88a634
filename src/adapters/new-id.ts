import { uuidv7, V7Generator } from 'uuidv7'

/** A new UUIDv7, also where a page has replaced `crypto` or `Date.now` by something that throws or is none. */
export function newId(): string {
  try {
    return uuidv7()
  } catch {
    weak ??= new V7Generator({ nextUint32: () => Math.floor(Math.random() * 2 ** 32) })
    // biome-ignore lint/complexity/useDateNow: that is what was replaced
    return weak.generateOrResetWithTs(new Date().getTime()).toString()
  }
}

let weak: V7Generator | undefined
