/** Who is before the browser at each moment, and whether events say so: every one is of the person of its capture. */

import type { OutlastEvent } from '../../src/core/event/event'
import type { OfPerson } from './oracle/person'

/** What tabs do to a person, besides what they capture. */
export const PERSON_STEPS = ['reset', 'identify', 'register'] as const

export type PersonStep = (typeof PERSON_STEPS)[number]

/** The part of a client that changes who it is. */
interface Changes {
  reset(): void
  identify(distinctId: string): void
  register(properties: Record<string, unknown>): void
}

/** The super property that tabs register: the number of the step. */
const PROPERTY = 'step'

/** One browser's people, one after the other; a page that keeps nothing has its own. */
export class Persons {
  /** A write to localStorage was refused: from then on a tab may stand alone with what it could not write down. */
  unsure = false
  private person = 0
  private steps = 0
  private anonymousId: string | undefined
  private identifiedAs: string | undefined
  private registered: number | undefined
  /** Which person each anonymous id and session is of. */
  private readonly owners = new Map<unknown, number>()

  constructor(private readonly onEvent: (facts: OfPerson) => void) {}

  /** Somebody else from now on. */
  next(): void {
    this.person += 1
    this.anonymousId = undefined
    this.identifiedAs = undefined
    this.registered = undefined
  }

  /** One tab does it. The model goes first, because `identify` captures an event of who it is then. */
  change(step: PersonStep, client: Changes): void {
    this.steps += 1
    if (step === 'reset') {
      this.next()
      client.reset()
    } else if (step === 'identify') {
      this.identifiedAs = `user ${this.steps}`
      client.identify(this.identifiedAs)
    } else {
      this.registered = this.steps
      client.register({ [PROPERTY]: this.steps })
    }
  }

  check(tab: string, { event, distinctId, properties }: OutlastEvent): void {
    if (this.unsure) return
    if (this.identifiedAs === undefined) this.anonymousId ??= distinctId
    this.onEvent({
      event,
      tab,
      distinctId,
      expectedId: this.identifiedAs ?? this.anonymousId,
      isOwnId: this.identifiedAs !== undefined || this.owns(distinctId),
      isOwnSession: this.owns(properties.$session_id),
      property: PROPERTY,
      carried: properties[PROPERTY],
      registered: this.registered,
    })
  }

  private owns(id: unknown): boolean {
    if (!this.owners.has(id)) this.owners.set(id, this.person)
    return this.owners.get(id) === this.person
  }
}
