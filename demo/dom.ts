/** The little help with the DOM that the demo needs. Text always goes in as text. */

/** An element of index.html. */
export function byId<E extends Element = HTMLElement>(id: string): E {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found as Element as E
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

export function svg(name: string, attributes: Record<string, string | number> = {}, ...children: (Node | string)[]) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  made.append(...children)
  return made
}

/** Writes only what is new: an unchanged text must not be laid out, or read out, again. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

export const clockTime = (ms: number) => TIME.format(ms)

export const count = (number: number, noun: string) =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`

/** The end of an event's id: enough to find it again in another panel. */
export const tail = (uuid: string) => uuid.slice(-4)
