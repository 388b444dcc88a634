/** What a client has of a site whose subdomains share who it is and what was chosen. */

export interface Sharing {
  /** Whether the cookie says who it is. */
  hasPerson(): boolean
  /** Goes on as the person of the cookie, or puts this one in it. To be called right before the client begins, and may be repeated. */
  join(): void
  /** To be called once the page may store, and has a journal. */
  onJournal(): void
  /** From now on the cookie is neither heeded nor written: the library is being removed from this origin. */
  end(): void
  /** Called when another subdomain has changed the person. */
  onPerson?: (() => void) | undefined
}
