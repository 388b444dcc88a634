/** Reads a body as text; `undefined` if it is longer than `limit` bytes. Stops early once `saysEnough` is true. */
export async function readBounded(
  { body }: Response,
  limit: number,
  saysEnough: (text: string) => boolean = () => false,
): Promise<string | undefined> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    text += decoder.decode(value, { stream: true })
    const isTooLong = length > limit
    if (!isTooLong && !saysEnough(text)) continue
    await reader.cancel()
    return isTooLong ? undefined : text
  }
}
