import type { Sender } from '../core/base/ports'
import { type FetchSenderOptions, limitedSender } from './limited-sender'

/** Sends what asks and carries no event: it may go through any redirect, since nothing can be lost with it. */
export const followingSender = (options?: FetchSenderOptions): Sender =>
  limitedSender(({ url }, { post }) => post(url, 'follow'), options)
