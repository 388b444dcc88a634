/** Every boundary, in the order in which a run goes through them. */

import { answers } from './answers'
import { attributes } from './attributes'
import type { Boundary } from './boundary'
import { messages } from './messages'
import { options } from './options'
import { records } from './records'
import { replies } from './replies'
import { requests } from './requests'
import { sockets } from './sockets'
import { storage } from './storage'
import { urls } from './urls'
import { values } from './values'

export { runBoundary } from './run'

export const boundaries = [
  messages,
  replies,
  records,
  requests,
  answers,
  sockets,
  options,
  attributes,
  urls,
  storage,
  values,
] as unknown as Boundary<never>[]

/** The seed of `npm test` and of a run that names none. */
export const DEFAULT_SEED = 20_260_101
