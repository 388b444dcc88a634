import type { Device } from '../../../src/client/first/consent'

/** A part of the device's storage, which has what the map has. */
export function storeOver(map: Map<string, string>): Device {
  return {
    get: (key) => map.get(key),
    set(key, value) {
      map.set(key, value)
      return true
    },
    remove: (key) => void map.delete(key),
    keys: () => [...map.keys()],
  }
}
