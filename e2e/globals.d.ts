import type { Outlast } from '../src/page/types'

declare global {
  interface Window {
    outlast: Outlast
    /** In Firefox's own context. */
    OpenBrowserWindow(options: { private: boolean }): unknown
  }

  // What scripts in Firefox's own context see beyond a page's globals: the parts that are used here.
  const Services: {
    io: { offline: boolean }
    obs: Record<'addObserver' | 'removeObserver', (observer: (subject: unknown) => void, topic: string) => void>
    wm: { getEnumerator(type: string): Iterable<{ gBrowser: { browsers: FirefoxTab[] } }> }
    console: { getMessageArray(): object[]; reset(): void }
  }
  const Cc: {
    '@mozilla.org/serviceworkers/manager;1': FirefoxService<{ getAllRegistrations(): FirefoxRegistrations }>
    '@mozilla.org/consoleAPI-storage;1': FirefoxService<{ getEvents(): FirefoxConsoleCall[]; clearEvents(): void }>
  }
  const Ci: {
    nsIServiceWorkerManager: unknown
    nsIServiceWorkerRegistrationInfo: unknown
    nsIConsoleAPIStorage: unknown
    nsIScriptError: { new (): FirefoxScriptError; warningFlag: number; infoFlag: number }
  }

  interface FirefoxService<Service> {
    getService(type: unknown): Service
  }
  interface FirefoxTab {
    currentURI: { spec: string }
    browsingContext: { currentWindowGlobal: { osPid: number } }
  }
  interface FirefoxRegistrations {
    length: number
    queryElementAt(index: number, type: unknown): { activeWorker: { terminateWorker(): Promise<void> } | null }
  }
  interface FirefoxConsoleCall {
    level: string
    filename: string
    arguments: unknown[]
  }
  interface FirefoxScriptError {
    flags: number
    errorMessage: string
    sourceName: string
    lineNumber: number
  }
}
