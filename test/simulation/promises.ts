/** Checks that can be turned off, to look for something else first. */

export interface Promises {
  /** What was captured on a page whose storage works outlives a kill of the page or the browser. */
  survives: boolean
  /** No caller is kept waiting for a file or a registration that hangs, and a shutdown ends in its time. */
  settles: boolean
  /** A page that has nothing of its own notices that its worker answers nothing, and sees off what earlier pages left. */
  notices: boolean
}

/** Which of these promises the code keeps. One that is `false` here is not checked. */
export const KEPT: Promises = { survives: true, settles: true, notices: true }
