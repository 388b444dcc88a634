/**
 * Whose request it is, in headers of a page's own requests.
 *
 * @packageDocumentation
 */

export { tracingHeaders } from './plugins/tracing-headers'
