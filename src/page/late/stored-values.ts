/** Reads what another library has stored on the device. */

/** The values that are stored under a name: that of localStorage first, then that of a cookie, which is decoded. */
export function storedValues(name: string): string[] {
  return [fromLocalStorage, fromCookie].flatMap((read) => {
    try {
      return read(name) ?? []
    } catch {
      // A page of an opaque origin has neither, a browser may deny either, and a cookie may be no text.
      return []
    }
  })
}

const fromLocalStorage = (name: string) => window.localStorage.getItem(name)

function fromCookie(name: string): string | undefined {
  const cookie = document.cookie
    .split('; ')
    .find((one) => one.startsWith(`${encodeURIComponent(name)}=`) || one.startsWith(`${name}=`))
  return cookie === undefined ? undefined : decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1))
}
