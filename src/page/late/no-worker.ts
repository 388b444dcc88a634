/** What there is no point in trying again before the next page: the site has no such worker, or may not have one. */
export class NoWorker extends Error {}
