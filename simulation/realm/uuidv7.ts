import type {} from './simulated'

export const uuidv7 = () => simulated.newId()

export class V7Generator {
  generateOrResetWithTs() {
    return uuidv7()
  }
}
