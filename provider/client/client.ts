/**
 * The provider's connection to the control plane: one signed REST call per operation, repeated when that is safe and
 * can help. Knows no resources. Never talks to AWS (client/endpoint.ts).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import {
  type CredentialPlan,
  credentialsOf,
  type OpenSession,
  SessionRefusal,
  type SigningCredentials,
} from '../credentials/sessions.ts';
import { type Environment, readSharedFiles, sharedFilePaths } from '../credentials/shared-files.ts';
import { DiagnosticError, type PathStep } from '../engine/resource.ts';
import { decodeAnswer, encodeCall } from './calls.ts';
import { type CreateJournal, noJournal, openCreateJournal } from './create-journal.ts';
import { asDiagnostic, findCredentials } from './credentials.ts';
import { findEndpoint, findRegion } from './endpoint.ts';
import { journaled, type SendCreate } from './journaled-creates.ts';
import { withRetries } from './retry.ts';
import { createReviews, type PlannedChange, type Reviews } from './reviews.ts';
import { ServiceError } from './service-error.ts';
import type { Settings, TagSettings } from './settings.ts';
import { sign } from './sigv4.ts';
import { looksAtWholeState, parentCommandLine } from './terraform-command.ts';
import { openTransport, type Transport } from './transport.ts';

export interface Client {
  /** The provider's own Region; a resource can name another one. undefined while the provider block is not known. */
  readonly region: string | undefined;
  readonly tags: TagSettings | undefined;
  /** @throws ServiceError, ConnectionError */
  call<Name extends OperationName>(name: Name, input: InputJson<Name>, region: string): Promise<OutputJson<Name>>;
  /** Shares the answer of an equal read that is under way: a key, its policy and its tags cost one call. */
  read<Name extends OperationName>(name: Name, input: InputJson<Name>, region: string): Promise<OutputJson<Name>>;
  /** undefined: plans do not ask what they would break (`unsafe_changes`), or the provider block is not known. */
  readonly reviews: Reviews | undefined;
  /** The same connection, with more products in its User-Agent header. */
  withProducts(products: readonly string[]): Client;
  /** What creates of this run, and of earlier ones that were killed, depend on. */
  readonly journal: Pick<CreateJournal, 'seen' | 'end'>;
  close(): void;
}

export interface Surroundings {
  readonly env: Environment;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Waits through an interrupt. */
  readonly pause: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly userAgent: string;
  readonly stopSignal: AbortSignal;
  /** @param target endpoint and Region. Absent: creates of killed runs are not looked for. */
  readonly openJournal?: (target: readonly string[]) => CreateJournal;
}

export const surroundings = (userAgent: string, stopSignal: AbortSignal): Surroundings => ({
  env: process.env,
  now: () => new Date(),
  // An interrupt ends the wait early; the retry policy looks at the signal itself.
  sleep: (ms) => wait(ms, undefined, { signal: stopSignal }).catch(() => undefined),
  pause: (ms) => wait(ms),
  random: Math.random,
  userAgent,
  stopSignal,
  openJournal: (target) =>
    openCreateJournal({
      target,
      env: process.env,
      now: () => new Date(),
      looksAtWholeState: () => looksAtWholeState(parentCommandLine(), process.env),
    }),
});

/**
 * Calls the control plane only to assume roles, and to find the account where accounts are restricted.
 * @throws DiagnosticError when something needed is missing or wrong
 */
export async function connect(settings: Settings, around: Surroundings): Promise<Client> {
  const { env } = around;
  const paths = sharedFilePaths(
    { config: settings.sharedConfigFiles, credentials: settings.sharedCredentialsFiles },
    env,
  );
  const files = await readSharedFiles(paths).catch(asDiagnostic);
  const profile = settings.profile ?? (env.AWS_PROFILE || 'default');
  const endpoint = findEndpoint(settings, env, files, profile);
  const region = findRegion(settings, env, files, profile);
  const credentials = await findCredentials(settings, env, files).catch(asDiagnostic);
  const transport = await openTransport(endpoint, {
    ca: settings.customCaBundle === undefined ? undefined : await readPem(settings.customCaBundle, caBundle),
    insecure: settings.insecure,
    ...(await readClientCertificate(settings)),
    proxy: settings.proxy,
  });
  const client = makeClient({ endpoint, region, credentials, transport, settings, around });
  // A role that cannot be assumed is reported for the provider block, not for the first resource.
  await client.credentials();
  await checkAccount(client, region, settings);
  return client;
}

interface Parts {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: CredentialPlan;
  readonly transport: Transport;
  readonly settings: Settings;
  readonly around: Surroundings;
}

function makeClient({ endpoint, region, credentials, transport, settings, around }: Parts) {
  const { sleep, pause, random, stopSignal } = around;
  const retryPolicy = { maxAttempts: settings.maxAttempts, sleep, random, stopSignal };
  const ownAgent = [around.userAgent, ...settings.userAgent].join(' ');
  const journal = around.openJournal?.([endpoint.href, region]) ?? noJournal;

  const open = ((name: 'AssumeRole' | 'AssumeRoleWithWebIdentity', input: never, by?: SigningCredentials) =>
    exchange(name, input, region, async () => by).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      throw new SessionRefusal(`${error.code}: ${error.message} (request ${error.requestId ?? 'unknown'})`);
    })) as OpenSession;
  const opened = credentialsOf(credentials, open, around.now, 'terraform');
  const current = () => opened().catch(asDiagnostic);

  /** @param signer gives the current credentials; undefined: the request is not signed */
  async function exchange<Name extends OperationName>(
    name: Name,
    input: InputJson<Name>,
    callRegion: string,
    signer: () => Promise<SigningCredentials | undefined>,
    userAgent = ownAgent,
    idempotencyKey?: string,
  ): Promise<OutputJson<Name>> {
    const unsent = encodeCall(endpoint, name, input);
    const headers = {
      accept: 'application/json',
      ...defined({
        'content-type': unsent.body === '' ? undefined : 'application/json',
        'idempotency-key': unsent.takesIdempotencyKey ? (idempotencyKey ?? randomUUID()) : undefined,
      }),
    };
    return withRetries(
      async () => {
        // Signed again each time: a signature is valid for five minutes only.
        const by = await signer();
        const scope = { region: callRegion, service: 'kms' };
        const signed = by ? sign({ ...unsent, headers }, by, scope, around.now()) : headers;
        const answer = await transport.send({ ...unsent, headers: { ...signed, 'user-agent': userAgent } });
        return decodeAnswer(name, answer) as OutputJson<Name>;
      },
      unsent.takesIdempotencyKey ? { ...retryPolicy, mustEnd: pause } : retryPolicy,
    );
  }

  const clients = new Map<string, Client>();
  function clientOf(userAgent: string): Client {
    const known = clients.get(userAgent);
    if (known !== undefined) return known;
    const send: SendCreate = (name, input, callRegion, key) =>
      exchange(name, input, callRegion, current, userAgent, key);
    const call = journaled(journal, send);
    const client: Client = {
      region,
      tags: settings.tags,
      call,
      read: shared(call),
      reviews: reviewsBy(call, settings),
      withProducts: (products) => clientOf([userAgent, ...products].join(' ')),
      journal,
      close: () => transport.close(),
    };
    clients.set(userAgent, client);
    return client;
  }
  return { ...clientOf(ownAgent), credentials: current };
}

function reviewsBy(call: Client['call'], { unsafeChanges, recentUseInDays }: Settings): Reviews | undefined {
  if (unsafeChanges === 'allow') return undefined;
  const ask = async (Changes: readonly PlannedChange[], region: string) => {
    const input = { Changes, RecentUseInDays: recentUseInDays };
    return (await call('ReviewPlannedChanges', input, region)).Reviews;
  };
  return createReviews(ask, { unsafeChanges, recentUseInDays });
}

function shared(call: Client['call']): Client['read'] {
  const underWay = new Map<string, Promise<unknown>>();
  return function read<Name extends OperationName>(
    name: Name,
    input: InputJson<Name>,
    callRegion: string,
  ): Promise<OutputJson<Name>> {
    const key = JSON.stringify([name, input, callRegion]);
    const running = underWay.get(key);
    if (running !== undefined) return running as Promise<OutputJson<Name>>;
    const started = call(name, input, callRegion).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}

interface PemSource {
  readonly what: string;
  readonly correct: string;
  readonly path?: readonly PathStep[];
}

const caBundle: PemSource = {
  what: 'the CA bundle',
  correct: 'custom_ca_bundle or AWS_CA_BUNDLE',
  path: ['custom_ca_bundle'],
};
const clientCertificate: PemSource = { what: 'the client certificate', correct: 'KEYSTEAD_CLIENT_CERT' };
const clientKey: PemSource = { what: "the client certificate's key", correct: 'KEYSTEAD_CLIENT_KEY' };

async function readPem(file: string, { what, correct, path }: PemSource): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new DiagnosticError([
      {
        severity: 'error',
        summary: `Cannot read ${what}`,
        detail: `${error.message}. Correct ${correct}.`,
        ...defined({ path }),
      },
    ]);
  });
}

async function readClientCertificate({ clientCertificate: certFile, clientKey: keyFile }: Settings) {
  if (certFile === undefined || keyFile === undefined) return {};
  const [cert, key] = await Promise.all([readPem(certFile, clientCertificate), readPem(keyFile, clientKey)]);
  return { clientCertificate: { cert, key } };
}

async function checkAccount(
  client: Client,
  region: string,
  { allowedAccountIds, forbiddenAccountIds }: Settings,
): Promise<void> {
  if (allowedAccountIds.length === 0 && forbiddenAccountIds.length === 0) return;
  const { Account } = await client.read('GetCallerIdentity', {}, region);
  const allowed = allowedAccountIds.length === 0 || allowedAccountIds.includes(Account);
  if (allowed && !forbiddenAccountIds.includes(Account)) return;
  const argument = allowed ? 'forbidden_account_ids' : 'allowed_account_ids';
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: `Account ${Account} is not allowed`,
      detail: `The credentials belong to account ${Account}, which ${argument} rules out. Use other credentials or change the list.`,
      path: [argument],
    },
  ]);
}
