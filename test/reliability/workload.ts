/**
 * Clients that write without pause, and the ledger of the answers. Each client has keys of its own and sends one
 * request at a time, repeated until it is answered, so after each answer the ledger knows the state that the server
 * must have: an answered request has happened, one without an answer can have happened or not.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningCredentials } from '@keystead/control-plane/sigv4/verify.ts';
import { type Caller, caller, type Json, type Reply } from '../support/calls.ts';

export interface Ciphertext {
  /** Base64. */
  readonly blob: string;
  readonly plaintext: string;
  readonly context: Json;
}

/** The state of a key according to the answers. */
export interface KeyEntry {
  readonly keyId: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  description: string;
  policy: string;
  readonly tags: Map<string, string>;
  readonly aliases: Set<string>;
  /** Grant id by name. */
  readonly grants: Map<string, string>;
  /** The number of rotations is between those answered and those requested. */
  readonly rotations: { answered: number; asked: number };
  readonly ciphertexts: Ciphertext[];
  /** How many of the ciphertexts an earlier check has decrypted. */
  opened: number;
  /** Whether a request has used the key since the last check. */
  touched: boolean;
}

export class Ledger {
  readonly keys: KeyEntry[] = [];
  /** Request ids of all answers, except those that tell the client to try again. */
  readonly answered = new Set<string>();
  /** The ids among them of changes that succeeded at the first attempt. */
  readonly changed = new Set<string>();
  repeated = 0;
}

/** The server's current endpoint, which changes when it is started again. */
export interface Address {
  endpoint: string;
}

export interface ClientIdentity {
  readonly credentials: SigningCredentials;
  readonly arn: string;
}

/** A client repeats a request often, at short intervals, but not forever. */
const MAX_ATTEMPTS = 1200;
const RETRY_INTERVAL_MS = 50;
const MAX_ANSWER_MS = 60_000;
const MAX_KEYS_PER_CLIENT = 25;
/** AWS KMS quotas: on-demand rotations of one key. */
const MAX_ROTATIONS = 9;

/**
 * Sends until there is an answer. After a lost connection or KMSInternalException, the request can have happened or
 * not.
 * @param done error codes that, after an unanswered attempt, mean that this attempt succeeded
 * @throws Error when the server refuses, or does not answer many attempts
 */
export async function insist(
  ledger: Ledger,
  send: () => Promise<Reply>,
  { done = [], changes = false }: { readonly done?: readonly string[]; readonly changes?: boolean } = {},
): Promise<{ readonly reply: Reply; readonly attempts: number }> {
  for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts += 1) {
    const reply = await withinPatience(send).catch((error: NodeJS.ErrnoException) => {
      if (error.code === undefined) throw error;
      return undefined;
    });
    if (reply && reply.code !== 'KMSInternalException') {
      const requestId = String(reply.headers['x-amzn-requestid']);
      ledger.answered.add(requestId);
      if (reply.status < 300) {
        if (changes && attempts === 1) ledger.changed.add(requestId);
        return { reply, attempts };
      }
      if (attempts > 1 && reply.code !== undefined && done.includes(reply.code)) return { reply, attempts };
      throw new Error(`refused with ${reply.status} at attempt ${attempts}: ${reply.text}`);
    }
    ledger.repeated += 1;
    await sleep(RETRY_INTERVAL_MS);
  }
  throw new Error(`no answer to ${MAX_ATTEMPTS} attempts`);
}

async function withinPatience(send: () => Promise<Reply>): Promise<Reply> {
  const over = new AbortController();
  const tooLong = sleep(MAX_ANSWER_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`a request had no answer within ${MAX_ANSWER_MS} ms`);
  });
  try {
    return await Promise.race([send(), tooLong]);
  } finally {
    over.abort();
    tooLong.catch(() => undefined);
  }
}

const text = () => randomBytes(6).toString('hex');

function pick<T>(values: readonly T[]): T {
  return values[randomInt(values.length)] as T;
}

function pickIfAny<T>(values: readonly T[]): T | undefined {
  return values.length === 0 ? undefined : pick(values);
}

/** One client: a user with keys of its own; operations that only the root user can do are signed by the root user. */
class Client {
  readonly #ledger: Ledger;
  readonly #address: Address;
  readonly #root: SigningCredentials;
  readonly #user: ClientIdentity;
  readonly #accountId: string;
  readonly #own: KeyEntry[] = [];

  constructor(ledger: Ledger, address: Address, root: SigningCredentials, user: ClientIdentity, accountId: string) {
    this.#ledger = ledger;
    this.#address = address;
    this.#root = root;
    this.#user = user;
    this.#accountId = accountId;
  }

  /** Sends one random request that is valid in the current state. */
  async act(): Promise<void> {
    const key = this.#own.length === 0 ? undefined : pick(this.#own);
    if (!key || (this.#own.length < MAX_KEYS_PER_CLIENT && randomInt(12) === 0)) return this.#createKey();
    key.touched = true;
    if (key.state === 'PendingDeletion') return this.#cancelDeletion(key);
    if (key.state === 'Disabled') return pick([this.#enable, this.#enable, this.#tag])(key);
    return pick([...this.#frequent, ...this.#frequent, ...this.#seldom])(key);
  }

  async #ask(
    operation: string,
    input: Json,
    { as = 'user', ...expectation }: { as?: 'root' | 'user'; done?: readonly string[]; changes?: boolean } = {},
  ) {
    const credentials = as === 'root' ? this.#root : this.#user.credentials;
    const send = () => this.#by(credentials).aws(operation, input);
    return insist(this.#ledger, send, expectation).catch((error: unknown) => {
      throw new Error(`${operation} ${JSON.stringify(input)}`, { cause: error });
    });
  }

  #by(credentials: SigningCredentials): Caller {
    return caller(this.#address.endpoint, credentials);
  }

  #policy(): string {
    const allow = (sid: string, principal: string) => ({
      Sid: sid,
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: 'kms:*',
      Resource: '*',
    });
    const root = `arn:aws:iam::${this.#accountId}:root`;
    return JSON.stringify({
      Version: '2012-10-17',
      Statement: [allow('Account', root), allow(`Client${text()}`, this.#user.arn)],
    });
  }

  async #createKey(): Promise<void> {
    const description = text();
    const policy = this.#policy();
    const made = text();
    const input = { Description: description, Policy: policy, Tags: [{ TagKey: 'made', TagValue: made }] };
    const { reply } = await this.#ask('CreateKey', input, { as: 'root', changes: true });
    const { KeyId } = reply.json.KeyMetadata as { readonly KeyId: string };
    const entry: KeyEntry = {
      keyId: KeyId,
      state: 'Enabled',
      description,
      policy,
      tags: new Map([['made', made]]),
      aliases: new Set(),
      grants: new Map(),
      rotations: { answered: 0, asked: 0 },
      ciphertexts: [],
      opened: 0,
      touched: true,
    };
    this.#own.push(entry);
    this.#ledger.keys.push(entry);
  }

  #encrypt = async (key: KeyEntry) => {
    const plaintext = randomBytes(1 + randomInt(200)).toString('base64');
    const context = { purpose: text() };
    const input = { KeyId: key.keyId, Plaintext: plaintext, EncryptionContext: context };
    const { reply } = await this.#ask('Encrypt', input);
    key.ciphertexts.push({ blob: String(reply.json.CiphertextBlob), plaintext, context });
  };

  #generateDataKey = async (key: KeyEntry) => {
    const context = { purpose: text() };
    const input = { KeyId: key.keyId, KeySpec: 'AES_256', EncryptionContext: context };
    const { json } = (await this.#ask('GenerateDataKey', input)).reply;
    key.ciphertexts.push({ blob: String(json.CiphertextBlob), plaintext: String(json.Plaintext), context });
  };

  #decrypt = async (key: KeyEntry) => {
    if (key.ciphertexts.length === 0) return;
    const { blob, context, plaintext } = pick(key.ciphertexts);
    const { reply } = await this.#ask('Decrypt', { CiphertextBlob: blob, EncryptionContext: context });
    if (reply.json.Plaintext !== plaintext) throw new Error(`${key.keyId} decrypted to another plaintext`);
  };

  #describe = async (key: KeyEntry) => {
    const description = text();
    await this.#ask('UpdateKeyDescription', { KeyId: key.keyId, Description: description }, { changes: true });
    key.description = description;
  };

  #tag = async (key: KeyEntry) => {
    const [name, value] = [pick(['team', 'stage', 'cost']), text()];
    await this.#ask('TagResource', { KeyId: key.keyId, Tags: [{ TagKey: name, TagValue: value }] }, { changes: true });
    key.tags.set(name, value);
  };

  #untag = async (key: KeyEntry) => {
    const name = pickIfAny([...key.tags.keys()]);
    if (name === undefined) return;
    await this.#ask('UntagResource', { KeyId: key.keyId, TagKeys: [name] }, { changes: true });
    key.tags.delete(name);
  };

  #putPolicy = async (key: KeyEntry) => {
    const policy = this.#policy();
    await this.#ask('PutKeyPolicy', { KeyId: key.keyId, Policy: policy }, { changes: true });
    key.policy = policy;
  };

  #createAlias = async (key: KeyEntry) => {
    const name = `alias/${text()}`;
    const done = ['AlreadyExistsException'];
    await this.#ask('CreateAlias', { AliasName: name, TargetKeyId: key.keyId }, { as: 'root', done, changes: true });
    key.aliases.add(name);
  };

  #moveAlias = async (key: KeyEntry) => {
    const others = this.#own.filter((one) => one !== key && one.state === 'Enabled');
    const name = pickIfAny([...key.aliases]);
    if (name === undefined || others.length === 0) return;
    const target = pick(others);
    target.touched = true;
    await this.#ask('UpdateAlias', { AliasName: name, TargetKeyId: target.keyId }, { as: 'root', changes: true });
    key.aliases.delete(name);
    target.aliases.add(name);
  };

  #deleteAlias = async (key: KeyEntry) => {
    const name = pickIfAny([...key.aliases]);
    if (name === undefined) return;
    await this.#ask('DeleteAlias', { AliasName: name }, { as: 'root', done: ['NotFoundException'], changes: true });
    key.aliases.delete(name);
  };

  #createGrant = async (key: KeyEntry) => {
    const name = text();
    const input = { KeyId: key.keyId, GranteePrincipal: this.#user.arn, Operations: ['Encrypt'], Name: name };
    const { reply } = await this.#ask('CreateGrant', input, { changes: true });
    key.grants.set(name, String(reply.json.GrantId));
  };

  #revokeGrant = async (key: KeyEntry) => {
    const [name, GrantId] = pickIfAny([...key.grants]) ?? [];
    if (name === undefined) return;
    const done = ['NotFoundException'];
    await this.#ask('RevokeGrant', { KeyId: key.keyId, GrantId }, { done, changes: true });
    key.grants.delete(name);
  };

  #rotate = async (key: KeyEntry) => {
    if (key.rotations.asked >= MAX_ROTATIONS) return;
    const { attempts } = await this.#ask('RotateKeyOnDemand', { KeyId: key.keyId }, { changes: true });
    key.rotations.answered += 1;
    key.rotations.asked += attempts;
  };

  #disable = async (key: KeyEntry) => {
    await this.#ask('DisableKey', { KeyId: key.keyId }, { changes: true });
    key.state = 'Disabled';
  };

  #enable = async (key: KeyEntry) => {
    await this.#ask('EnableKey', { KeyId: key.keyId }, { changes: true });
    key.state = 'Enabled';
  };

  #scheduleDeletion = async (key: KeyEntry) => {
    const input = { KeyId: key.keyId, PendingWindowInDays: 7 };
    await this.#ask('ScheduleKeyDeletion', input, { done: ['KMSInvalidStateException'], changes: true });
    key.state = 'PendingDeletion';
  };

  async #cancelDeletion(key: KeyEntry): Promise<void> {
    const done = ['KMSInvalidStateException'];
    await this.#ask('CancelKeyDeletion', { KeyId: key.keyId }, { done, changes: true });
    key.state = 'Disabled';
  }

  readonly #frequent = [
    this.#encrypt,
    this.#encrypt,
    this.#generateDataKey,
    this.#decrypt,
    this.#describe,
    this.#tag,
    this.#putPolicy,
    this.#createGrant,
  ];
  readonly #seldom = [
    this.#untag,
    this.#createAlias,
    this.#moveAlias,
    this.#deleteAlias,
    this.#revokeGrant,
    this.#rotate,
    this.#disable,
    this.#scheduleDeletion,
  ];
}

export interface WorkloadOptions {
  readonly ledger: Ledger;
  readonly address: Address;
  readonly root: SigningCredentials;
  readonly users: readonly ClientIdentity[];
  readonly accountId: string;
}

/** Runs all clients at once until it is paused; an unexpected answer to one client stops all. */
export class Workload {
  readonly #clients: readonly Client[];
  #running = false;
  #work: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;

  constructor({ ledger, address, root, users, accountId }: WorkloadOptions) {
    this.#clients = users.map((user) => new Client(ledger, address, root, user, accountId));
  }

  resume(): void {
    this.#running = true;
    const run = async (client: Client) => {
      while (this.#running) await client.act();
    };
    this.#work = Promise.all(this.#clients.map(run)).catch((error: Error) => {
      this.#failure ??= error;
      this.#running = false;
    });
  }

  /** Waits until every client has its answer. @throws the error of a client */
  async pause(): Promise<void> {
    this.#running = false;
    await this.#work;
    this.throwFailure();
  }

  throwFailure(): void {
    if (this.#failure) throw this.#failure;
  }
}
