/** Exported as files, so that any server can serve it. A server of Next.js's own works just the same. */
export default { output: 'export' }
