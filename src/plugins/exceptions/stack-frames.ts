/** The frames of an error's stack, in the order and the shape in which PostHog's error tracking takes them. */

export interface StackFrame {
  platform: 'web:javascript'
  filename: string
  function: string
  /** Whether it is of the site, and not of the browser or an extension. */
  in_app: boolean
  lineno?: number
  colno?: number
  /** The source map of the file, as `posthog-cli sourcemap` names it. */
  chunk_id?: string
}

interface Place {
  filename: string
  lineno?: number
  colno?: number
}

/** The most frames of one error. */
const MAX_FRAMES = 50
/** The most lines of a stack that are read: an error's message may have any number of them. */
const MAX_LINES = 1_000
/** The longest line of a stack that is read, in characters: a longer one is no place in a file. */
const MAX_LINE = 1_024

/** Lines of stacks. Each engine's come in an order in which none is taken for another's. */
const LINES = [
  // Chromium: `    at name (place)`, `    at async name (place)`.
  /^\s*at (?:async )?(?<name>.*?) ?\((?<place>.*)\)\s*$/,
  // Chromium: `    at place`, of code outside of a function, or in one without a name.
  /^\s*at (?:async )?(?<place>\S.*?)\s*$/,
  // Firefox and WebKit: `name@place`.
  /^\s*(?<name>[^@]*?)@(?<place>.*?)\s*$/,
  // WebKit, of code outside of a function: the place alone.
  /^\s*(?<place>[a-z][\w+.-]*:\/\/\S*?:\d+)\s*$/i,
]

/** The part of a name before it by which Firefox says how a function came to be called: `async*`, `setTimeout handler*`. */
const CALLER = /^.*\*/

/** Chromium: `eval at name (place), <anonymous>:1:1`: what counts is the place of the code that called `eval`. */
const CHROMIUM_EVAL = /^eval at .*\(([^()\s]+):(\d+):(\d+)\)/
/** Firefox: `file line 5 > eval:1:1`. */
const FIREFOX_EVAL = /^(.*?) line (\d+) > (?:eval|Function)/

/** The browser's own code, which has no place in a file. */
const NATIVE = /^(?:<anonymous>|\[native code\]|native)$/

/** Files of browser extensions. */
export const EXTENSION = /^[\w-]+-extension:/

/**
 * @param message the message of the error, which Chromium's stacks begin with: a line of it is no frame, even where it looks like one
 * @param idOf gives the id of a file's source map
 * @returns the outermost call first, and the place of the error last
 */
export function stackFrames(
  stack: string,
  { message = '', idOf }: { message?: string; idOf?: (filename: string) => string | undefined } = {},
): StackFrame[] {
  const frames: StackFrame[] = []
  for (const line of afterMessage(stack, message).split('\n', MAX_LINES)) {
    if (frames.length >= MAX_FRAMES) break
    const frame = line.length > MAX_LINE ? undefined : frameOf(line)
    if (!frame) continue
    const id = idOf?.(frame.filename)
    frames.push(id === undefined ? frame : { ...frame, chunk_id: id })
  }
  return frames.reverse()
}

/** Where the frames begin: Chromium's stacks have the error's name and message before them. */
function afterMessage(stack: string, message: string): string {
  const at = message && /\n\s+at /.test(stack) ? stack.indexOf(message) : -1
  return at < 0 || stack.slice(0, at).includes('\n') ? stack : stack.slice(at + message.length)
}

function frameOf(line: string): StackFrame | undefined {
  for (const pattern of LINES) {
    const { name = '', place } = pattern.exec(line)?.groups ?? {}
    const found = place === undefined ? undefined : placeOf(place)
    if (!found) continue
    const own = name.replace(CALLER, '')
    return {
      platform: 'web:javascript',
      function: own === '' || own === '<anonymous>' ? '?' : own,
      in_app: !NATIVE.test(found.filename) && !EXTENSION.test(found.filename),
      ...found,
    }
  }
  return undefined
}

function placeOf(text: string): Place | undefined {
  const [, filename = '', line, column] =
    CHROMIUM_EVAL.exec(text) ?? FIREFOX_EVAL.exec(text) ?? /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(text) ?? []
  if (!line && !NATIVE.test(filename) && !filename.includes('://')) return undefined
  return { filename, ...(line && { lineno: Number(line) }), ...(column && { colno: Number(column) }) }
}
