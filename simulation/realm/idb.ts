import type {} from './simulated'

export const openDB = (name: string, version: number, callbacks: unknown) => simulated.openDB(name, version, callbacks)
