// @ts-check
/** WebDriver over HTTP, as its standard has it. */

import { WebDriverError } from './webdriver.mjs'

/** https://www.w3.org/TR/webdriver2/#endpoints, below the session */
const ENDPOINTS = /** @type {Record<string, [method: string, path: string]>} */ ({
  NewSession: ['POST', ''],
  DeleteSession: ['DELETE', ''],
  SetTimeouts: ['POST', '/timeouts'],
  Navigate: ['POST', '/url'],
  GetWindowHandles: ['GET', '/window/handles'],
  SwitchToWindow: ['POST', '/window'],
  NewWindow: ['POST', '/window/new'],
  CloseWindow: ['DELETE', '/window'],
  ExecuteAsync: ['POST', '/execute/async'],
})

/**
 * @param {string} url of the driver
 * @returns {import('./webdriver.mjs').Wire}
 */
export function httpWire(url) {
  let session = '/session'
  return {
    async send(command, parameters = {}) {
      const [method, path] = /** @type {[string, string]} */ (ENDPOINTS[command])
      const body = method === 'POST' ? { body: JSON.stringify(parameters) } : {}
      const answer = await fetch(url + session + path, { method, ...body })
      const { value } = /** @type {any} */ (await answer.json())
      if (!answer.ok) throw new WebDriverError(value.error, value.message)
      if (command === 'NewSession') session = `/session/${value.sessionId}`
      return value
    },
  }
}
