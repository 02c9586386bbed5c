/**
 * The control plane without its HTTP doors: the real pipeline, a real SQLite store in a directory of its own, a real
 * software HSM, and a clock that a test moves. Requests come through a door that does not authenticate its caller.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRefusalTally } from '@keystead/control-plane/audit/refusal-tally.ts';
import { createSealedTokens } from '@keystead/control-plane/authentication/sealed-tokens.ts';
import type { Caller } from '@keystead/control-plane/context/door.ts';
import type { Engines } from '@keystead/control-plane/context/engines.ts';
import type { KeyStoreEngines } from '@keystead/control-plane/context/key-store-engines.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { type Hsm, servicesOf } from '@keystead/control-plane/hsm/port/hsm.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import { newAccount, rootPrincipal } from '@keystead/control-plane/mutations/identity-mutations.ts';
import { handle } from '@keystead/control-plane/pipeline/pipeline.ts';
import { createFairShare } from '@keystead/control-plane/quotas/fair-share.ts';
import { createThrottle, noQuotas, type Quotas } from '@keystead/control-plane/quotas/quotas.ts';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import type { Store } from '@keystead/control-plane/storage/port/store.ts';
import { createXksClient } from '@keystead/control-plane/xks/client.ts';
import { noPolicies } from '@keystead/policy/authority.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { rootArn, userArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import { resourceQuotas } from '@keystead/provider-schema/quotas.ts';
import type { Secret } from '@keystead/provider-schema/secret.ts';
import pino from 'pino';
import { revealed } from './revealed.ts';

export const accountId = '111122223333';
export const region = 'eu-west-1';
export const DAY_MS = 86_400_000;

type Name = keyof OperationTypes;

/** A type as clients see it: Secrets are strings. */
export type Plain<T> = T extends Secret
  ? string
  : T extends Uint8Array | Date
    ? T
    : T extends object
      ? { [Member in keyof T]: Plain<T[Member]> }
      : T;

export interface RequestOptions {
  /** Default: the account's root. */
  readonly as?: Caller;
  /** Default: eu-west-1. */
  readonly region?: string;
  readonly idempotencyKey?: string;
  readonly ifMatchRevision?: number;
}

export interface TestControlPlane {
  readonly engines: Engines;
  readonly store: Store;
  readonly clock: { now(): number; advance(ms: number): void };
  /** The operation's output. @throws KmsError as the caller would get it */
  perform<N extends Name>(
    operation: N,
    input: Plain<OperationTypes[N]['input']>,
    options?: RequestOptions,
  ): Promise<Plain<OperationTypes[N]['output']>>;
  /** `code: message` of the refusal. @throws when the operation succeeds */
  refusal<N extends Name>(
    operation: N,
    input: Plain<OperationTypes[N]['input']>,
    options?: RequestOptions,
  ): Promise<string>;
  /** A new user, as a caller without policies; `withAuthority` gives one some. */
  user(name: string): Promise<Caller>;
  /** Audit records of an event, newest first. */
  events(eventName: string, options?: { region?: string; accountId?: string }): Promise<readonly AuditRecord[]>;
  close(): Promise<void>;
}

export function rootOf(account: string): Caller {
  const principal: Principal = { kind: 'root', accountId: account, arn: rootArn(account), principalId: account };
  return { principal, authority: noPolicies, accessKeyId: 'AKIAROOT000000000000', accountId: account, region };
}

/** The HSM and the key store engines, when a test needs others than the default. */
export interface Behind {
  readonly hsm?: Hsm;
  readonly keyStores?: (hsm: Hsm) => Partial<KeyStoreEngines>;
}

/** With AWS's resource quotas; without request quotas, because the clock stands still. */
export async function openTestControlPlane(
  quotas: Partial<Quotas> = {},
  behind: Behind = {},
): Promise<TestControlPlane> {
  const { resources, rateOf } = { ...noQuotas, resources: resourceQuotas, ...quotas };
  const directory = await mkdtemp(join(tmpdir(), 'keystead-control-plane-'));
  let nowMs = Date.UTC(2026, 0, 1, 12);
  const clock = {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
  const store = await openStore({ database: 'sqlite', dataDir: directory, clock });
  const hsm = behind.hsm ?? createSoftHsm(new SecretBytes(randomBytes(32)), { isSeeding: true, nowMs: clock.now });
  const sealedTokens = createSealedTokens(hsm);
  const log = pino({ level: 'silent' });
  const xks = createXksClient({ credentials: hsm, clock: systemClock, log, timeoutMs: 250 });
  const engines: Engines = {
    ...servicesOf(hsm),
    store,
    clock,
    sealedTokens,
    log,
    quotas: resources,
    settings: { seal: 'file:root.key' },
    throttle: createThrottle({ rateOf }),
    fairShare: createFairShare(),
    refusals: createRefusalTally({ store, perInterval: 0 }),
    keyStores: { xks, clusters: new Map(), ...behind.keyStores?.(hsm) },
    wakeJobs: () => undefined,
    observe: () => undefined,
    decisionTooCostly: () => undefined,
  };
  await addRoot(store, accountId, nowMs);

  const perform: TestControlPlane['perform'] = async (operation, input, options = {}) => {
    const answer = await request(engines, operation, input as object, options);
    if (answer.error) throw answer.error;
    return revealed(answer.output) as Plain<OperationTypes[typeof operation]['output']>;
  };
  return {
    engines,
    store,
    clock,
    perform,
    async refusal(operation, input, options = {}) {
      const { error } = await request(engines, operation, input as object, options);
      if (!error) throw new Error(`${operation} was not refused`);
      return `${error.code}: ${error.message}`;
    },
    async user(userName) {
      const { User } = await perform('CreateUser', { UserName: userName });
      const arn = userArn(accountId, userName);
      const principal: Principal = { kind: 'user', accountId, arn, principalId: User.UserId, userName };
      return { principal, authority: noPolicies, accessKeyId: 'AKIAUSER000000000000', accountId, region };
    },
    async events(eventName, { region: eventRegion = region, accountId: account = accountId } = {}) {
      const query = { accountId: account, region: eventRegion, eventName, limit: 50 };
      return (await store.lookupAudit(query)).records;
    },
    async close() {
      await store.close();
      await hsm.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Adds an account with its root principal. */
export async function addRoot(store: Store, account: string, nowMs: number): Promise<void> {
  const row = rootPrincipal(account, rootArn(account), nowMs);
  const mutations = [newAccount(account, '', nowMs), { op: 'insert', table: 'principals', row } as const];
  await store.write({ mutations, changes: [], audit: [] });
}

async function request(
  engines: Engines,
  operation: Name,
  input: object,
  { as = rootOf(accountId), region: there = region, idempotencyKey, ifMatchRevision }: RequestOptions,
): Promise<{ output?: unknown; error?: KmsError }> {
  const record = findOperation(operation);
  if (!record) throw new Error(`there is no operation ${operation}`);
  const seen: { output?: unknown; error?: KmsError } = {};
  const nothing = { status: 0, headers: {}, body: '' };
  await handle(
    engines,
    {
      authenticate: async () => ({ ...as, region: there }),
      lookUp: () => ({
        record,
        json: toWire(input),
        ...defined({ idempotencyKey, ifMatchRevision }),
      }),
      encode: (_record, output) => {
        seen.output = output;
        return nothing;
      },
      encodeError: (error) => {
        seen.error = error;
        return nothing;
      },
    },
    {
      method: 'POST',
      rawPath: '/',
      rawQuery: '',
      headers: [],
      body: new Uint8Array(),
      sourceIp: '192.0.2.1',
      userAgent: `test-control-plane/${randomUUID()}`,
      secureTransport: true,
    },
  );
  return seen;
}

/** Blobs become Base64 and times seconds; undefined members are left out. */
function toWire(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toWire(member)]),
  );
}
