/** The set-up of the store's tests: the same tests against each engine, each with a database of its own. */
import { randomUUID } from 'node:crypto';
import type { Mutation, Store } from '@keystead/control-plane/storage/port/store.ts';
import type { TableName } from '@keystead/control-plane/storage/port/tables.ts';
import { needs } from '../needs.ts';
import { type EngineName, engines, makePlaces, type Place, type Places } from './engines.ts';

export interface OnEngine {
  readonly engine: EngineName;
  /** Like `place` and `places`, available from the first test on. */
  readonly store: Store;
  readonly place: Place;
  readonly places: Places;
  write(...mutations: Mutation[]): Promise<void>;
  insertAll(table: TableName, rows: readonly object[]): Promise<void>;
}

/** Call this once, at the top of a test file. */
export function onEveryEngine(subject: string, tests: (on: OnEngine) => void): void {
  needs('postgres');
  let places: Places;
  beforeAll(async () => {
    places = await makePlaces();
  });
  afterAll(() => places.removeAll());

  describe.each(engines)(`${subject} on %s`, (engine) => {
    let place: Place;
    let store: Store;
    beforeAll(async () => {
      place = await places.create(engine);
      store = await place.open();
    });
    const write = (...mutations: Mutation[]) => store.write({ mutations, changes: [], audit: [] });
    tests({
      engine,
      get store() {
        return store;
      },
      get place() {
        return place;
      },
      get places() {
        return places;
      },
      write,
      insertAll: (table, rows) => write(...rows.map((row) => ({ op: 'insert', table, row }) as Mutation)),
    });
  });
}

/** Sorted ids, so that a test knows the order of pages. */
export const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID()).sort();

let accounts = 0;

/** A new account, for a test that counts rows. */
export function newAccount(): string {
  accounts += 1;
  return String(500_000_000_000 + accounts);
}
