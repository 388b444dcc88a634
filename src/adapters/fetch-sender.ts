import type { Sender } from '../core/base/ports'
import { type FetchSenderOptions, limitedSender } from './limited-sender'
import { createRedirects } from './redirects'

/** Sends events: a redirect that does not keep the POST is no delivery. */
export const fetchSender = (options?: FetchSenderOptions): Sender => limitedSender(createRedirects(), options)
