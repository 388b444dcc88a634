// @ts-check
/** The Node versions that the project's tools run on. */

/**
 * Node 20.19 and 22.12 are the first of their lines that can `require` an ES module, which Vite builds on.
 *
 * @param {string} version such as `v20.19.0`
 */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major === 20) return minor >= 19
  if (major === 22) return minor >= 12
  return major > 22
}

/** @param {string} version */
export function nodeVersionMessage(version) {
  return [
    `This project needs Node 20.19 or later (22.12 or later in the 22 line); this is ${version.replace(/^v/, '')}.`,
    'Install a current version from https://nodejs.org/ or with a version manager, then run the command again.',
  ].join('\n')
}
