/** There is no point in trying again before the next page: the site has no such worker, or may not have one. */
export class NoWorker extends Error {
  /** @param remedy what the site can do about it; blank if that goes by the reason, absent if the reason is the visitor's browser */
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message)
  }
}
