/** A promise that resolves after so many ms: what a removal waits for may never answer. */

export const pause = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms))
