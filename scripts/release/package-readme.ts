/** The README as a registry shows it: there, a relative link leads nowhere. */

/** A link or an image of Markdown, or an attribute of HTML that names a file. */
const LINK = /(!?\[(?:[^\]]|\]\n?(?!\())*?\])\(([^)\s]+)\)|\b(src|srcset|href)="([^"]+)"/g

export interface Places {
  version: string
  /** The URL in the field `repository` of package.json, if there is one. */
  repository: string | undefined
  /** Whether the package has a file. */
  isPacked(file: string): boolean
}

/**
 * Links lead to the repository at the version's tag. Without one they lead to the package's own files, which unpkg.com
 * serves, and what is in no package loses its link.
 */
export function packageReadme(readme: string, places: Places): string {
  return readme.replace(LINK, (whole, label?: string, target?: string, attribute?: string, file?: string) => {
    const to = target ?? file ?? ''
    // What begins with a slash is of the site in an example.
    if (/^(#|\/|[a-z]+:)/i.test(to)) return whole
    const url = absolute(to, places)
    if (attribute) return url === undefined ? `${attribute}=""` : `${attribute}="${url}"`
    return url === undefined ? (label ?? '').slice(1, -1) : `${label}(${url})`
  })
}

function absolute(to: string, { version, repository, isPacked }: Places): string | undefined {
  const [file = '', fragment] = to.split('#', 2)
  const rest = fragment === undefined ? file : `${file}#${fragment}`
  const home = repository?.replace(/^git\+/, '').replace(/\.git$/, '')
  if (home) return `${home}/${/\.(png|svg)$/.test(file) ? 'raw' : 'blob'}/v${version}/${rest}`
  return isPacked(file) ? `https://unpkg.com/outlast@${version}/${rest}` : undefined
}
