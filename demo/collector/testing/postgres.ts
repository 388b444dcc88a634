import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const DEBIAN = '/usr/lib/postgresql'

/** @returns the directory of a PostgreSQL server's programs: on PATH, or where Debian hides them */
export function findPostgres(): string | undefined {
  const hidden = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : []
  const known = [...(process.env.PATH ?? '').split(delimiter), ...hidden.reverse()]
  return known.find((bin) => ['initdb', 'postgres'].every((program) => existsSync(join(bin, program))))
}

/** A server of its own in a temporary directory, reached by a socket there. */
export async function startPostgres(bin: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'pg-'))
  const owner = serverUser()
  if (owner) chownSync(dir, owner.uid, owner.gid)
  const options = { cwd: dir, ...owner }
  const data = join(dir, 'data')
  const flags = ['--auth=trust', '--username=postgres', '--no-sync', '--locale=C', '--encoding=UTF8']
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, ...flags], { ...options, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`)
  const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', `unix_socket_directories=${dir}`]
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings], options)
  const exited = new Promise((resolve) => server.once('exit', resolve))
  await new Promise((resolve, reject) => {
    let log = ''
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`postgres stopped: ${log}`)))
    server.stderr.on('data', (chunk) => {
      log += chunk
      if (log.includes('ready to accept connections')) resolve(undefined)
    })
  })
  return {
    url: `postgres://postgres@/postgres?host=${encodeURIComponent(dir)}`,
    async stop() {
      server.kill('SIGTERM') // waits for clients to leave, so that none of them is told of it
      await exited
      rmSync(dir, { recursive: true })
    },
  }
}

/** PostgreSQL refuses to run as root. */
function serverUser() {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string, name: string) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim()
  const name = ['postgres', 'nobody'].find((user) => id('-u', user))
  if (!name) throw new Error('running as root, and there is no user postgres or nobody to run PostgreSQL as')
  return { uid: Number(id('-u', name)), gid: Number(id('-g', name)) }
}
