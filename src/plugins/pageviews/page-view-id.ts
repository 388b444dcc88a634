/**
 * A UUIDv7: its first digits are its time. The client's own (`adapters/new-id.ts`) is larger, since its ids have to be
 * in order.
 */
export const pageViewId = (): string =>
  `${Date.now().toString(16).padStart(12, '0').replace(/.{8}/, '$&-')}-7xxx-8xxx-xxxxxxxxxxxx`.replace(
    /x/g,
    randomDigit,
  )

const randomDigit = () => (Number(crypto.getRandomValues(new Uint8Array(1))) % 16).toString(16)
