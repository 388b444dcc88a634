import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder for a browser's profile. Its last processes may still write there when it is to go. */
export async function newFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'outlast-profile-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }) }
}
