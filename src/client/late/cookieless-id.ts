/** The distinct id of all persons who are not to be known: PostHog's servers put one that lasts a day in its place. */
export const COOKIELESS_ID = '$posthog_cookieless'
