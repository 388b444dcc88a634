/** localStorage as a browser keeps it: pages see what was written at once, the disk some time later. */

/** The longest that a browser takes to write it out, in ms: what is older is on disk. */
const WRITTEN_AFTER_MS = 60_000

interface Written {
  at: number
  key: string
  before: string | null
}

interface StorageHooks {
  canWrite?(key: string): boolean
  /** A value is about to change. */
  changing?(key: string): void
}

/** Keys are own properties, as in a browser's. */
export function newStorage({ canWrite, changing }: StorageHooks = {}): Storage {
  const methods = {
    getItem(this: Record<string, string>, key: string) {
      return Object.hasOwn(this, key) ? this[key] : null
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      if (canWrite && !canWrite(key)) throw new Error('QuotaExceededError')
      changing?.(key)
      this[key] = value
    },
    removeItem(this: Record<string, string>, key: string) {
      changing?.(key)
      delete this[key]
    },
  }
  return Object.create(methods) as Storage
}

/** One that is kept on disk. */
export class KeptStorage {
  readonly area: Storage
  /** What the disk may not have yet. */
  private written: Written[] = []

  constructor(now: () => number, canWrite: (key: string) => boolean) {
    const changing = (key: string) => {
      const at = now()
      if ((this.written[0]?.at ?? at) < at - WRITTEN_AFTER_MS) this.forgetBefore(at - WRITTEN_AFTER_MS)
      this.written.push({ at, key, before: this.area.getItem(key) })
    }
    this.area = newStorage({ canWrite, changing })
  }

  private forgetBefore(at: number): void {
    this.written = this.written.filter((one) => one.at >= at)
  }

  /** The browser was killed, and had written out what was there at that time. */
  goBackTo(time: number): void {
    const values = this.area as unknown as Record<string, string>
    for (const { at, key, before } of this.written.reverse()) {
      if (at <= time) continue
      if (before === null) delete values[key]
      else values[key] = before
    }
    this.written = []
  }
}
