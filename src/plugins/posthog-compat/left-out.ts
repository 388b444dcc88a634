/** What outlast leaves to posthog-js: each member warns once, says what to do, and does nothing. */

import { onceEach, safely } from './self'
import type { PostHogLike } from './types'

type LeftOut = Pick<
  PostHogLike,
  | 'captureLog'
  | 'logger'
  | 'setIdentity'
  | 'clearIdentity'
  | 'getEarlyAccessFeatures'
  | 'updateEarlyAccessFeatureEnrollment'
  | 'get_session_replay_url'
  | 'startSessionRecording'
  | 'stopSessionRecording'
  | 'sessionRecordingStarted'
  | 'sessionRecording'
  | 'sessionManager'
  | 'getSurveys'
  | 'getActiveMatchingSurveys'
  | 'onActiveMatchingSurveysChanged'
  | 'onSurveysLoaded'
  | 'renderSurvey'
  | 'displaySurvey'
  | 'canRenderSurvey'
  | 'canRenderSurveyAsync'
  | 'loadToolbar'
>

const REMEDY = 'keep posthog-js for it, and let outlast deliver: docs/migrating-from-posthog-js.md'

export function leftOut(): LeftOut {
  const warn = onceEach()

  /** A method that does nothing and returns `value`. */
  const leave =
    <T>(name: string, value: T) =>
    () => {
      warn(name, `posthog.${name} does nothing here: ${REMEDY}`)
      return value
    }
  /** A method that answers with an empty list, so that a page that waits for the answer goes on. */
  const leaveList = (name: string) => (callback: (list: never[]) => void) => {
    leave(name, undefined)()
    if (typeof callback === 'function') safely(() => callback([]), `the callback of ${name}`)
  }
  const log = leave('captureLog', undefined)
  const nothing = () => undefined

  return {
    captureLog: log,
    logger: { trace: log, debug: log, info: log, warn: log, error: log, fatal: log },
    setIdentity: leave('setIdentity', undefined),
    clearIdentity: leave('clearIdentity', undefined),
    getEarlyAccessFeatures: leaveList('getEarlyAccessFeatures'),
    updateEarlyAccessFeatureEnrollment: leave('updateEarlyAccessFeatureEnrollment', undefined),
    get_session_replay_url: leave('get_session_replay_url', ''),
    startSessionRecording: leave('startSessionRecording', undefined),
    stopSessionRecording: leave('stopSessionRecording', undefined),
    sessionRecordingStarted: () => false,
    sessionRecording: undefined,
    sessionManager: undefined,
    getSurveys: leaveList('getSurveys'),
    getActiveMatchingSurveys: leaveList('getActiveMatchingSurveys'),
    onActiveMatchingSurveysChanged(callback) {
      leaveList('onActiveMatchingSurveysChanged')(callback)
      return nothing
    },
    onSurveysLoaded(callback) {
      leaveList('onSurveysLoaded')(callback)
      return nothing
    },
    renderSurvey: leave('renderSurvey', undefined),
    displaySurvey: leave('displaySurvey', undefined),
    canRenderSurvey: leave('canRenderSurvey', null),
    canRenderSurveyAsync: async () => {
      leave('canRenderSurveyAsync', undefined)()
      return { visible: false, disabledReason: 'outlast has no surveys' }
    },
    loadToolbar: leave('loadToolbar', false),
  }
}
