/** A body as a text that has a character for each byte, so that two can be compared whatever they were made of. */
export function bytesOf(body: string | Uint8Array | null | undefined): string | undefined {
  if (body === null || body === undefined) return undefined
  return Buffer.from(body).toString('latin1')
}
