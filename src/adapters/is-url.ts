/** Whether a platform can make a request to that URL. Written for browsers without `URL.canParse`. */
export function isUrl(text: string): boolean {
  try {
    return Boolean(new URL(text))
  } catch {
    return false
  }
}
