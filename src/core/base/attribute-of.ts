/** The attribute of the script tag for an option, as a site writes it: a `dataset` has its name in camelCase. */
export const attributeOf = (option: string): string =>
  `data-${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
