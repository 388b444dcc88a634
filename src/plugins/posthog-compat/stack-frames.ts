/** The frames of an error's stack, in the order and the shape in which PostHog's error tracking takes them. */

export interface StackFrame {
  platform: 'web:javascript'
  filename: string
  function: string
  in_app: boolean
  lineno?: number
  colno?: number
}

/** The most frames of one error. */
const MAX_FRAMES = 50
/** The longest line of a stack that is read, in characters: a longer one is no place in a file. */
const MAX_LINE = 1_024

/** Chromium: `    at name (file:line:column)`, or without a name and its brackets. */
const CHROMIUM = /^\s*at (?:(?:async )?(.*?) \()?(?:async )?(.*?):(\d+):(\d+)\)?\s*$/
/** Firefox and Safari: `name@file:line:column`. */
const OTHERS = /^\s*(.*?)@(.*?):(\d+)(?::(\d+))?\s*$/

/** @param skip the lines at the top that are of the library itself */
export function stackFrames(stack: string, skip = 0): StackFrame[] {
  const frames: StackFrame[] = []
  for (const line of stack.split('\n').slice(skip)) {
    if (frames.length >= MAX_FRAMES) break
    const found = line.length > MAX_LINE ? null : (CHROMIUM.exec(line) ?? OTHERS.exec(line))
    if (!found) continue
    const [, name, filename = '', lineno, colno] = found
    frames.push({
      platform: 'web:javascript',
      filename,
      function: name || '?',
      in_app: filename !== '' && filename !== '<anonymous>',
      ...(lineno ? { lineno: Number(lineno) } : {}),
      ...(colno ? { colno: Number(colno) } : {}),
    })
  }
  // The outermost call comes first.
  return frames.reverse()
}
