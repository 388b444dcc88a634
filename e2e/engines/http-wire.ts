/** WebDriver over HTTP, as its standard has it. */

import { WebDriverError, type Wire } from './webdriver'

/** https://www.w3.org/TR/webdriver2/#endpoints, below the session */
const ENDPOINTS: Record<string, [method: string, path: string]> = {
  NewSession: ['POST', ''],
  DeleteSession: ['DELETE', ''],
  SetTimeouts: ['POST', '/timeouts'],
  Navigate: ['POST', '/url'],
  GetWindowHandles: ['GET', '/window/handles'],
  SwitchToWindow: ['POST', '/window'],
  NewWindow: ['POST', '/window/new'],
  CloseWindow: ['DELETE', '/window'],
  ExecuteAsync: ['POST', '/execute/async'],
}

/** @param url of the driver */
export function httpWire(url: string): Wire {
  let session = '/session'
  return {
    async send<Result>(command: string, parameters: object = {}) {
      const [method, path] = ENDPOINTS[command] as [string, string]
      const body = method === 'POST' ? { body: JSON.stringify(parameters) } : {}
      const answer = await fetch(url + session + path, { method, ...body })
      const { value } = (await answer.json()) as { value: unknown }
      if (!answer.ok) {
        const { error, message } = value as { error: string; message: string }
        throw new WebDriverError(error, message)
      }
      if (command === 'NewSession') session = `/session/${(value as { sessionId: string }).sessionId}`
      return value as Result
    },
  }
}
