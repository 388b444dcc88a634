/** The mark in the name of events that the worker's `beforeSend` drops. */
export const UNWANTED = 'unwanted'
