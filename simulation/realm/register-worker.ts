import type {} from './simulated'

export const registerWorker = () => simulated.registerWorker()
