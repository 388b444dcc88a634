import type { Sender } from '../core/base/ports'
import { type FetchSenderOptions, limitedSender } from './limited-sender'

/** Sends requests that carry no event. They may go through any redirect, since no event can be lost. */
export const followingSender = (options?: FetchSenderOptions): Sender =>
  limitedSender(({ url }, { post }) => post(url, 'follow'), options)
