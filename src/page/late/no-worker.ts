/**
 * The page gets no worker, and no further try before the next page would help: the site has no such worker, or may not
 * have one.
 */
export class NoWorker extends Error {
  /**
   * @param remedy what the site can do; blank where the remedy goes by the reason, absent where the reason is the
   * visitor's browser
   */
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message)
  }
}
