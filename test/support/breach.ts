/** A promise that does not hold: the name of the check or the promise, and what was seen instead. */
export class Breach extends Error {
  override readonly name = 'Breach'

  constructor(
    readonly check: string,
    detail?: string,
  ) {
    super(detail === undefined ? check : `${check}: ${detail}`)
  }
}
