/** The platform's wall clock in ms, also where a page has replaced `Date.now` by something that throws. */
// biome-ignore lint/complexity/useDateNow: for the reason above.
export const platformTime = () => new Date().getTime()
