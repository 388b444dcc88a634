/** Whose the events of the first code are, which takes an id such as `guest` for a person's. */

import { asRecord } from '../../core/base/values'
import { namesNobody } from '../../core/event/ids-of-nobody'
import type { Early } from '../first/capture'

/** Whether the event has the id that its person had then, and not one that the caller named for this event alone. */
export const isOfPage = ({ given }: Early): boolean => !asRecord(given.options).distinctId

/** Whether the event has the id that its person had then, and that id is a person's. */
export const isOfPerson = (made: Early): boolean => isOfPage(made) && !namesNobody(made.event.distinctId)

/** Whether the event was captured in the window with this id: each person has another one in a tab. */
export const isOfWindow = ({ event }: Early, windowId: string | undefined): boolean =>
  event.properties.$window_id === windowId
