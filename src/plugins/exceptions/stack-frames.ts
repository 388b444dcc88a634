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

/** Gives the id of a file's source map. */
type IdOf = (filename: string) => string | undefined

interface Place {
  filename: string
  lineno?: number
  colno?: number
}

/** The most frames of one error. */
const MAX_FRAMES = 50
/**
 * The most lines of a stack that are read: where the message is not known, the stack may begin with any number of its
 * lines.
 */
const MAX_LINES = 200
/** The longest line of a stack that is read, in characters: a longer one is no place in a file. */
const MAX_LINE = 1_024

/**
 * Lines of stacks, without the spaces around them. The groups are the name and the place. The patterns are in an order
 * in which no engine's line is taken for another's. Any code can write a stack, so the time that a pattern takes is no
 * more than a multiple of the line's length.
 */
const LINES = [
  // Chromium: `    at name (place)`, `    at async name (place)`.
  /^at (?:async )?([^(]*?) ?\((.*)\)$/,
  // Chromium: `    at place`, of code outside of a function, or in one without a name.
  /^at (?:async )?()(\S.*)$/,
  // Firefox and WebKit: `name@place`.
  /^([^@]*)@(.*)$/,
  // WebKit, of code outside of a function: the place alone.
  /^()([a-z][\w+.-]*:\/\/\S*:\d+)$/i,
]

/**
 * What is no name: how a function came to be called, which Firefox writes before the name (`async*`, `setTimeout
 * handler*`); and the mark of a function without a name.
 */
const NO_NAME = /^(.*\*)?(<anonymous>$)?/

/** Chromium: `eval at name (place), <anonymous>:1:1`: what counts is the place of the code that called `eval`. */
const CHROMIUM_EVAL = /^eval at .*\(([^()\s]+):(\d+):(\d+)\)/
/** Firefox: `file line 5 > eval:1:1`, and `> Function`. Other code made of a text has lines and columns of its own. */
const FIREFOX_EVAL = /^(.*?) line (\d+) > (?:eval|Func)/

/** The browser's own code, which has no place in a file. */
const NATIVE = /^(?:<anonymous>|\[native code\]|native)$/

/** Files of browser extensions. */
export const EXTENSION = /^[\w-]+-extension:/

/**
 * @param message the message of the error, which Chromium's stacks begin with: a line of it is no frame, even where it
 * looks like one
 * @returns the outermost call first, and the place of the error last
 */
export function stackFrames(
  stack: string,
  { message = '', idOf }: { message?: string | undefined; idOf?: IdOf } = {},
): StackFrame[] {
  const lines = afterMessage(stack, message).split('\n', MAX_LINES)
  const frames = lines.flatMap((line) => (line.length > MAX_LINE ? [] : (frameOf(line.trim(), idOf) ?? [])))
  return frames.slice(0, MAX_FRAMES).reverse()
}

/** Where the frames begin: Chromium's stacks have the error's name and message before them. */
function afterMessage(stack: string, message: string): string {
  // The message is looked for on the first line alone, where it comes after the name.
  const at = message && /\n +at /.test(stack) ? stack.slice(0, MAX_LINE + message.length).indexOf(message) : -1
  return at < 0 || stack.slice(0, at).includes('\n') ? stack : stack.slice(at + message.length)
}

function frameOf(line: string, idOf?: IdOf): StackFrame | undefined {
  for (const pattern of LINES) {
    const [, name = '', place] = pattern.exec(line) ?? []
    const found = place && placeOf(place)
    if (!found) continue
    const id = idOf?.(found.filename)
    return {
      platform: 'web:javascript',
      function: name.replace(NO_NAME, '') || '?',
      in_app: !NATIVE.test(found.filename) && !EXTENSION.test(found.filename),
      ...found,
      ...(id && { chunk_id: id }),
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
