/**
 * The generation of the root key that this server wraps under. The database says which one is in use, and every write
 * of something wrapped relies on that row: so after another generation is taken into use, nothing more is stored under
 * an older one, not even by a server that has not noticed yet. Such a write is refused as one that lost a race, and the
 * request runs again under the new generation.
 */
import { randomUUID } from 'node:crypto';
import { setInterval } from 'node:timers';
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import {
  firstState,
  nothingToRewrap,
  ROOT_KEY_REWRAP,
  ROOT_KEY_STATE,
  type RootKeyRewrap,
  type RootKeyState,
  rootKeyRewrapOf,
  rootKeyStateOf,
} from '../domain/keys/root-key-state.ts';
import { FIRST_GENERATION, generationOf } from '../domain/keys/wrapped-header.ts';
import type { InstallationService, RootKeyGenerations } from '../hsm/port/installation.ts';
import { wrappedBy } from '../mutations/wrapped-secrets.ts';
import { type Mutation, type Store, type Write, WriteConflict } from '../storage/port/store.ts';
import { exitCodes, StartError } from './start-error.ts';

export interface RootKeyUseRequest {
  readonly store: Store;
  readonly installation: InstallationService;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
  /** The database had no root key before this start. */
  readonly isFirstStart: boolean;
  /** Told at each look at the generations. */
  readonly onLook: (state: RootKeyState, rewrap: RootKeyRewrap) => void;
  /** Told when the HSM holds a generation that is not in use yet. */
  readonly onNewGeneration: () => void;
}

/** @throws StartError when the HSM does not hold the generations that the database needs */
export async function openRootKeyUse(request: RootKeyUseRequest): Promise<RootKeyUse> {
  const { store, installation, isFirstStart } = request;
  const held = await installation.rootKeyGenerations();
  const newest = held.generations.at(-1);
  const oldestHeld = held.generations[0]?.generation ?? FIRST_GENERATION;
  if (isFirstStart && newest && newest.generation > FIRST_GENERATION) {
    const { generation: inUse, fingerprint } = newest;
    const state = { inUse, inUseSinceMs: request.clock.now(), fingerprint, oldestHeld };
    await insertRows(store, state, { complete: inUse });
  } else if (!(await store.findMeta(ROOT_KEY_STATE))) {
    await insertRows(store, firstState, nothingToRewrap);
  }
  const use = new RootKeyUse(request);
  await use.start(held);
  return use;
}

async function insertRows(store: Store, state: RootKeyState, rewrap: RootKeyRewrap): Promise<void> {
  const rows = { [ROOT_KEY_STATE]: state, [ROOT_KEY_REWRAP]: rewrap };
  const mutations = Object.entries(rows).map(
    ([name, value]): Mutation => ({ op: 'insert', table: 'meta', row: { name, value: JSON.stringify(value) } }),
  );
  await store.write({ mutations, changes: [], audit: [] }).catch((error: unknown) => {
    // Another node started at the same moment.
    if (!(error instanceof WriteConflict)) throw error;
  });
}

interface Known {
  readonly state: RootKeyState;
  readonly revision: number;
}

export class RootKeyUse {
  readonly #request: RootKeyUseRequest;
  /** There is one server of a SQLite database; what an earlier one said is replaced. */
  readonly #holderId: string;
  #known: Known = { state: firstState, revision: 0 };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #reported = '';

  constructor(request: RootKeyUseRequest) {
    this.#request = request;
    this.#holderId = request.store.engine === 'sqlite' ? 'sqlite' : randomUUID();
  }

  /** @throws StartError */
  async start(held: RootKeyGenerations): Promise<void> {
    const { store, installation, intervalMs } = this.#request;
    const rewrap = rootKeyRewrapOf(await store.findMeta(ROOT_KEY_REWRAP));
    await this.#read();
    requireGenerations(held, this.#known.state, rewrap);
    const { refused } = await installation.useGeneration({ generation: this.#known.state.inUse });
    if (refused) throw new StartError(refused.message, refused.hint, exitCodes.rootKey);
    await this.#sayHeld(held);
    this.#request.onLook(this.#known.state, rewrap);
    this.#timer = setInterval(() => void this.look(), intervalMs).unref();
  }

  /** The store, whose writes of something wrapped rely on the generation in use. */
  get store(): Store {
    const { store } = this.#request;
    return { ...store, write: (write) => this.#write(write) };
  }

  /** Asks the HSM what it holds and the database what is in use; after the current look. Never throws. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() =>
      this.#look().catch((err: unknown) => {
        this.#request.log.error({ err }, 'the generations of the root key could not be compared; trying again');
      }),
    );
    return this.#looking;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    const { store } = this.#request;
    const own = await this.#ownRow().catch(() => undefined);
    if (!own) return;
    const { holder_id, revision } = own;
    const mutations: Mutation[] = [{ op: 'delete', table: 'root_key_holders', key: { holder_id }, revision }];
    await store.write({ mutations, changes: [], audit: [] }).catch(() => undefined);
  }

  async #write(write: Write): Promise<void> {
    const { store } = this.#request;
    // Most requests change nothing but the audit log.
    if (write.mutations.length === 0) return store.write(write);
    const generations = wrappedBy(write.mutations).map((wrapped) => generationOf(wrapped) ?? 0);
    if (generations.length === 0) return store.write(write);
    if (generations.some((generation) => generation > this.#known.state.inUse)) await this.#read();
    const { state, revision } = this.#known;
    if (generations.some((generation) => generation < state.inUse)) {
      throw new WriteConflict('another generation of the root key was taken into use');
    }
    const relied: Mutation = { op: 'require', table: 'meta', key: { name: ROOT_KEY_STATE }, revision };
    try {
      await store.write({ ...write, mutations: [...write.mutations, relied] });
    } catch (error) {
      if (error instanceof WriteConflict) await this.#use();
      throw error;
    }
  }

  async #read(): Promise<void> {
    const row = await this.#request.store.findMeta(ROOT_KEY_STATE);
    this.#known = { state: rootKeyStateOf(row), revision: row?.revision ?? 0 };
  }

  /** What the database says is in use. */
  async #use(): Promise<void> {
    await this.#read();
    const { inUse } = this.#known.state;
    const { refused } = await this.#request.installation.useGeneration({ generation: inUse });
    if (refused) this.#report(refused.message, refused.hint);
  }

  async #look(): Promise<void> {
    const { store, installation, onLook, onNewGeneration } = this.#request;
    const before = this.#known.state;
    await this.#use();
    const { state } = this.#known;
    const held = await installation.rootKeyGenerations();
    if (held.refused) this.#report(held.refused.message, held.refused.hint);
    await this.#sayHeld(held);
    if (state.inUse !== before.inUse) {
      this.#request.log.info({ generation: state.inUse }, 'another generation of the root key is in use');
    }
    onLook(state, rootKeyRewrapOf(await store.findMeta(ROOT_KEY_REWRAP)));
    const newest = held.generations.at(-1)?.generation ?? FIRST_GENERATION;
    if (newest > state.inUse) onNewGeneration();
  }

  /** Once for each problem, not at each look. */
  #report(reason: string, hint: string): void {
    if (this.#reported !== reason)
      this.#request.log.error({ reason, hint }, 'the root key of the HSM is not up to date');
    this.#reported = reason;
  }

  async #ownRow() {
    const holders = await this.#request.store.listRootKeyHolders();
    return holders.find(({ holder_id }) => holder_id === this.#holderId);
  }

  async #sayHeld({ generations }: RootKeyGenerations): Promise<void> {
    const [oldest, newest] = [generations[0], generations.at(-1)];
    if (!oldest || !newest) return;
    const set = {
      oldest: oldest.generation,
      newest: newest.generation,
      newest_fingerprint: newest.fingerprint,
      seen_at_ms: this.#request.clock.now(),
    };
    const own = await this.#ownRow();
    const holder_id = this.#holderId;
    const mutation: Mutation = own
      ? { op: 'update', table: 'root_key_holders', key: { holder_id }, revision: own.revision, set }
      : { op: 'insert', table: 'root_key_holders', row: { holder_id, ...set } };
    await this.#request.store.write({ mutations: [mutation], changes: [], audit: [] });
  }
}

/** @throws StartError */
function requireGenerations(held: RootKeyGenerations, state: RootKeyState, rewrap: RootKeyRewrap): void {
  const oldest = held.generations[0]?.generation ?? FIRST_GENERATION;
  if (oldest > rewrap.complete) {
    throw new StartError(
      `This database still needs generation ${rewrap.complete} of the root key, which was removed from it.`,
      'It is older than that removal: restore the backup of the root key file that belongs to it.',
      exitCodes.rootKey,
    );
  }
  const inUse = held.generations.find(({ generation }) => generation === state.inUse);
  if (!inUse || (state.fingerprint !== undefined && state.fingerprint !== inUse.fingerprint)) {
    throw new StartError(
      `The root key does not have generation ${state.inUse}, which this database is wrapped under.`,
      'Start with the root key file from after its rotation; restore it from its newest backup if it was lost.',
      exitCodes.rootKey,
    );
  }
}
