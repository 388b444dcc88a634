/**
 * Whether it takes a closer look (`isBot`, which loads late with pageviews.ts) to know that a person sees this page: it
 * is hidden, or may be a bot's. User agents of bots have "bot" in their name, an address of their own, or say that they
 * are "compatible"; the other words are those of `isBot` whose user agents have none of these.
 */
export const mayBeUnseen = ({ userAgent, webdriver } = navigator): boolean =>
  document.hidden || webdriver || /bot|http|compat|headl|light|metr|view|cypr/i.test(userAgent)
