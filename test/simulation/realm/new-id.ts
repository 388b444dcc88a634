import type {} from './simulated'

export const newId = () => simulated.newId()
