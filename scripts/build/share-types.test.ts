import { expect, it } from 'vitest'
import { shareTypes } from './share-types'

const main = `/**
 * The main entry.
 *
 * @packageDocumentation
 */

/** A client. */
export declare interface Client {
    capture(event: string, properties?: Bag): void;
}

/** Properties. */
export declare type Bag = object;

declare const REASONS: readonly ["a"];
`

it('imports what the main entry exports, and passes on what the entry exported', () => {
  const entry = `/**
 * Another entry.
 *
 * @packageDocumentation
 */

/** Properties. */
export declare type Bag = object;

/** A client. */
declare interface Client {
    capture(event: string, properties?: Bag): void;
}

/** Uses a client. */
export declare function use(client: Client): void;

export { }
`
  expect(shareTypes(entry, main, './index.js')).toBe(`/**
 * Another entry.
 *
 * @packageDocumentation
 */

import type { Client } from './index.js'

export type { Bag } from './index.js'

/** Uses a client. */
export declare function use(client: Client): void;

export { }
`)
})

it('keeps a type that only has the same name, and what it needs', () => {
  const entry = `declare interface Client {
    other: Own;
}

declare type Own = string;

/** Properties. */
declare type Bag = object;

export declare function use(client: Client): void;
`
  expect(shareTypes(entry, main, './index.js')).toBe(`declare interface Client {
    other: Own;
}

declare type Own = string;

export declare function use(client: Client): void;
`)
})
