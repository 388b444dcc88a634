/** Content security policies in tests: as SECURITY.md has them, and who broke them. */

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { root } from '../scripts/paths'
import { listen } from '../test/support/listen'

/** The policies that SECURITY.md documents, by the words above each. */
export async function documentedPolicies(host: string): Promise<{ page: string; worker: string }> {
  const text = await readFile(path.join(root, 'SECURITY.md'), 'utf8')
  const [page, worker] = [...text.matchAll(/^Content-Security-Policy: (.+)$/gm)].map(([, policy]) => policy)
  if (!page || !worker) throw new Error('SECURITY.md should have two policies: of the page, and of the worker')
  return { page: page.replaceAll(DOCUMENTED_HOST, host), worker: worker.replaceAll(DOCUMENTED_HOST, host) }
}

const DOCUMENTED_HOST = 'https://eu.i.posthog.com'

export interface PolicyReports {
  /** To add to a policy: browsers then report here what breaks it, in pages and workers alike. */
  directive: string
  /** What was broken, as `connect-src http://…`. */
  broken: string[]
  close(): Promise<void>
}

export async function startPolicyReports(): Promise<PolicyReports> {
  const broken: string[] = []
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const part of req) text += part
    const report = JSON.parse(text)['csp-report']
    broken.push(`${report['effective-directive']} ${report['blocked-uri']}`)
    res.writeHead(204).end()
  })
  const { origin } = await listen(server)
  return {
    directive: `; report-uri ${origin}/`,
    broken,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
