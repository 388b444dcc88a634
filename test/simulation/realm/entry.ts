/** What one simulated page or worker runs: the library as it is. */

export { init } from '../../../src/index'
export { relay } from '../../../src/relay'
export { install } from '../../../sw/install'
