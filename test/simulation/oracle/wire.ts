/** No request is empty, none has a uuid twice, and nothing claims a compression that it has not. */

import { Breach } from '../../support/breach'
import type { Sent } from './facts'

export function wire({ exchange }: Pick<Sent, 'exchange'>): Breach | undefined {
  const { events, uuids } = exchange
  if (events.length === 0) return breach('a request without events')
  return new Set(uuids).size < uuids.length ? breach('a request has a uuid twice') : undefined
}

/** A body that came to the collector: as bytes or as text, and as it says that it comes. */
interface Body {
  url: string
  isBytes: boolean
  /** It begins as what the compressor makes. */
  isCompressed: boolean
  claimsCompression: boolean
}

export function compression({ url, isBytes, isCompressed, claimsCompression: claims }: Body): Breach | undefined {
  if (isBytes !== claims) return breach(`${url} ${claims ? 'claims' : 'does not say'} that it is compressed`)
  return isBytes && !isCompressed ? breach('the body is not what the compressor made') : undefined
}

/** @param facts how many events stand in the text of a body, and how many a parser finds in it */
export function eventsOfBody({ standing, parsed }: { standing: number; parsed: number }): Breach | undefined {
  return parsed === standing ? undefined : breach(`a body with ${parsed} events that stand as ${standing}`)
}

const breach = (detail: string) => new Breach('wire', detail)
