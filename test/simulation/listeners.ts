/** `addEventListener` without the DOM. */
export class Listeners {
  private readonly byName = new Map<string, Set<(event: unknown) => void>>()

  readonly addEventListener = (
    name: string,
    listener: (event: unknown) => void,
    { signal }: { signal?: AbortSignal } = {},
  ): void => {
    signal?.addEventListener('abort', () => this.removeEventListener(name, listener))
    const own = this.byName.get(name) ?? new Set()
    this.byName.set(name, own)
    own.add(listener)
  }

  readonly removeEventListener = (name: string, listener: (event: unknown) => void): void => {
    this.byName.get(name)?.delete(listener)
  }

  dispatch(name: string, event: unknown = {}): void {
    for (const listener of [...(this.byName.get(name) ?? [])]) listener(event)
  }
}
