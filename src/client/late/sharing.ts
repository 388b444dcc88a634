/** What a client needs on a site whose subdomains share the person and the person's choice. */

export interface Sharing {
  /** Whether the cookie names a person. */
  hasPerson(): boolean
  /**
   * Goes on as the person of the cookie, or puts this page's person in it. To be called right before the client begins,
   * and may be repeated.
   */
  join(): void
  /** To be called once the page may store, and has a journal. */
  onJournal(): void
  /** From now on the cookie is neither heeded nor written: the library is being removed from this origin. */
  end(): void
  /** Called when another subdomain has changed the person. */
  onPerson?: (() => void) | undefined
}
