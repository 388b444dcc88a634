// @ts-check

/** An error that a person can put right: shown as its message alone, without a stack. */
export class Problem extends Error {}
