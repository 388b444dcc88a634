/** Plays the benchmark's stories on pages whose SDK hands its requests to a relay. */

import path from 'node:path'
import { root } from '../../scripts/paths'
import { bundlePage, keepLibrary } from '../bundle'
import { BRIDGED, OTHER_BRIDGES, PEERS, type Peer } from '../peers'
import { playAll, type Told } from '../rows/delivery'
import { STORIES } from '../rows/stories'
import { BRIDGE_STORIES, MAY_COME_TWICE } from './stories'

/** Stories are mostly waiting. With 12 at once, each page of one story took over 30 s to load on a machine with another load. */
const AT_ONCE = 8

/** As the stories of a replay are told. */
export interface BridgeResult extends Told {
  name: string
  /** The SDK, or the shape that it takes. */
  bridge: string
  /** Whether it went over a relay. */
  bridged: boolean
  failure?: string
}

/** @param only a part of the name of a bridge or a story */
export async function playBridges(
  only: string,
  alone: boolean,
  progress: (line: string) => void,
): Promise<BridgeResult[]> {
  const bridged = [...BRIDGED, ...OTHER_BRIDGES.filter((peer) => peer.bridged)]
  const names = bridged.map((peer) => peer.bridged)
  const peers = [...bridged, ...[...PEERS, ...OTHER_BRIDGES].filter(({ name }) => alone && names.includes(name))]
  const wanted = (story: string, peer: Peer) => `${story}, ${peer.bridged ?? peer.name}`.includes(only)
  const chosen = peers.filter((peer) => BRIDGE_STORIES.some((story) => wanted(story, peer)))
  keepLibrary(path.join(root, 'dist'))
  for (const peer of chosen) await bundlePage(peer)
  const stories = BRIDGE_STORIES.flatMap((name) => STORIES.filter((story) => story.name === name))
  const plays = stories.flatMap((story) =>
    chosen.filter((peer) => wanted(story.name, peer)).map((peer) => ({ story, peer })),
  )
  const told = await playAll(plays, progress, { atOnce: AT_ONCE, untilStored: ({ bridged }) => bridged !== undefined })
  return told.map((one) => {
    const bridge = one.peer.replace(/-outlast$/, '')
    const result = { ...one, name: `${one.peer}: ${one.story}`, bridge, bridged: bridge !== one.peer }
    const failure = result.bridged ? failureOf(one) : one.error
    return failure === undefined ? result : { ...result, failure }
  })
}

/** Why a story fell short for an SDK that has a bridge. */
function failureOf({ story, captured, lost, duplicates, error }: Told): string | undefined {
  if (error !== undefined) return error
  if (captured === 0) return 'nothing was captured'
  if (lost > 0) return `${lost} of ${captured} events were lost`
  return duplicates > 0 && story !== MAY_COME_TWICE ? `${duplicates} events arrived again` : undefined
}
