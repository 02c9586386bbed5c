/** Compares the state of a server and its database with the answers that clients got. */
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStoreReadOnly, type ReadOnlyStore } from '@keystead/control-plane/storage/open.ts';
import pino from 'pino';
import type { Json } from '../support/calls.ts';
import { type Caller, caller } from '../support/calls.ts';
import { insist, type KeyEntry, type Ledger } from './workload.ts';

const CHECKS_AT_ONCE = 8;
const PAGE = 1000;

/** One line for each broken promise. */
export type Faults = readonly string[];

async function each<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  const left = [...values];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, worker));
}

interface Shown {
  readonly KeyMetadata: { readonly KeyState: string; readonly Description: string };
  readonly Policy: string;
  readonly Tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly Aliases: readonly { readonly AliasName: string }[];
  readonly Grants: readonly { readonly GrantId: string; readonly Name?: string }[];
}

/** Checks that all answered changes of these keys are visible, and that their ciphertexts can be decrypted. */
export async function checkKeys(
  endpoint: string,
  root: Caller['credentials'],
  ledger: Ledger,
  keys: readonly KeyEntry[],
  everyCiphertext = false,
): Promise<Faults> {
  const by = caller(endpoint, root);
  const faults: string[] = [];
  await each(keys, async (key) => {
    const { reply } = await insist(ledger, () => by.rest('GET', `/v1/keys/${key.keyId}/configuration`));
    faults.push(...differences(key, reply.json as unknown as Shown));
    const asked = { KeyId: key.keyId };
    const { json } = (await insist(ledger, () => by.aws('ListKeyRotations', asked))).reply;
    const rotated = (json.Rotations as readonly unknown[]).length;
    const { answered, asked: wanted } = key.rotations;
    if (rotated < answered || rotated > wanted) {
      faults.push(`${key.keyId}: ${rotated} rotations, answered ${answered}, asked for ${wanted}`);
    }
    if (key.state !== 'Enabled') return;
    for (const { blob, context, plaintext } of key.ciphertexts.slice(everyCiphertext ? 0 : key.opened)) {
      const input = { CiphertextBlob: blob, EncryptionContext: context };
      const opened = (await insist(ledger, () => by.aws('Decrypt', input))).reply.json.Plaintext;
      if (opened !== plaintext) faults.push(`${key.keyId}: a ciphertext decrypts to another plaintext`);
    }
    key.opened = key.ciphertexts.length;
    key.touched = false;
  });
  return faults;
}

function differences(key: KeyEntry, shown: Shown): Faults {
  const expected: Record<string, string> = {
    state: key.state,
    description: key.description,
    policy: key.policy,
    tags: sortedText([...key.tags].map(([name, value]) => `${name}=${value}`)),
    aliases: sortedText([...key.aliases]),
    grants: sortedText([...key.grants].map(([name, id]) => `${name}=${id}`)),
  };
  const actual: Record<string, string> = {
    state: shown.KeyMetadata.KeyState,
    description: shown.KeyMetadata.Description,
    policy: shown.Policy,
    tags: sortedText(shown.Tags.map(({ TagKey, TagValue }) => `${TagKey}=${TagValue}`)),
    aliases: sortedText(shown.Aliases.map(({ AliasName }) => AliasName)),
    grants: sortedText(shown.Grants.map(({ Name, GrantId }) => `${Name}=${GrantId}`)),
  };
  return Object.keys(expected)
    .filter((name) => expected[name] !== actual[name])
    .map((name) => `${key.keyId}: ${name} is ${actual[name]}, but should be ${expected[name]}`);
}

const sortedText = (values: readonly string[]) => [...values].sort().join(' ');

/** Enables every key, so that every ciphertext can be decrypted. */
export async function enableAll(endpoint: string, root: Caller['credentials'], ledger: Ledger): Promise<void> {
  const by = caller(endpoint, root);
  const ask = (operation: string, input: Json) => insist(ledger, () => by.aws(operation, input));
  await each(ledger.keys, async (key) => {
    if (key.state === 'PendingDeletion') await ask('CancelKeyDeletion', { KeyId: key.keyId });
    if (key.state !== 'Enabled') await ask('EnableKey', { KeyId: key.keyId });
    key.state = 'Enabled';
  });
}

/** Reads the audit log and the change log in the database, from the first row on. */
export class LogFollower {
  readonly #database: string;
  readonly #dataDir: string;
  readonly #audited = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #changing = new Set<string>();
  #lastChange = 0;

  constructor(database: string, dataDir: string) {
    this.#database = database;
    this.#dataDir = dataDir;
  }

  get counts() {
    return { auditRecords: [...this.#ends.values()].reduce((a, b) => a + b, 0), changes: this.#lastChange };
  }

  /** Checks that each answered request has one audit record, and that the change log has each change and no gaps. */
  async check(ledger: Ledger): Promise<Faults> {
    const store = await openStoreReadOnly({
      database: this.#database,
      dataDir: this.#dataDir,
      clock: systemClock,
      log: pino({ level: 'silent' }),
    });
    try {
      await this.#readAudit(store);
      const gaps = await this.#readChanges(store);
      const unaudited = [...ledger.answered]
        .filter((id) => this.#audited.get(id) !== 1)
        .map((id) => `request ${id} has ${this.#audited.get(id) ?? 0} audit records`);
      const unlogged = [...ledger.changed]
        .filter((id) => !this.#changing.has(id))
        .map((id) => `request ${id} has no row in the change log`);
      return [...gaps, ...unaudited, ...unlogged];
    } finally {
      await store.close();
    }
  }

  async #readAudit(store: ReadOnlyStore): Promise<void> {
    for (const { chainId, lastSequence } of await store.listAuditChains()) {
      for (let after = this.#ends.get(chainId) ?? 0; after < lastSequence; ) {
        const { rows } = await store.listAudit(chainId, { after, limit: PAGE });
        for (const { recordJson } of rows) {
          const { requestID, eventType } = JSON.parse(recordJson);
          if (eventType === 'AwsApiCall') this.#audited.set(requestID, (this.#audited.get(requestID) ?? 0) + 1);
        }
        after = rows.at(-1)?.sequence ?? lastSequence;
        this.#ends.set(chainId, after);
      }
    }
  }

  async #readChanges(store: ReadOnlyStore): Promise<Faults> {
    const gaps: string[] = [];
    for (;;) {
      const { rows, more } = await store.listChanges({ after: this.#lastChange, limit: PAGE });
      for (const { sequence, requestId } of rows) {
        if (sequence !== this.#lastChange + 1) gaps.push(`change ${sequence} follows change ${this.#lastChange}`);
        this.#lastChange = sequence;
        this.#changing.add(requestId);
      }
      if (!more) return gaps;
    }
  }
}
