/**
 * First start: the account's root principal and its access key. The credentials are written to a file in the AWS
 * shared-credentials format (0600) before they are written to the database, so that a crash between the two loses
 * nothing: the next start reads them from the file.
 */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { serviceEventRecord } from '../audit/record.ts';
import { wrappedSecretOf } from '../authentication/callers.ts';
import type { Clock } from '../domain/clock.ts';
import { uniqueId } from '../domain/identifiers/unique-id.ts';
import type { CredentialService } from '../hsm/port/credentials.ts';
import { accessKeyChange, insertAccessKey, newAccessKey, updateAccessKey } from '../mutations/access-keys.ts';
import { newAccount, rootPrincipal } from '../mutations/identity-mutations.ts';
import { writeDurably } from '../runtime/durable-file.ts';
import type { Mutation, Store } from '../storage/port/store.ts';
import type { AccessKeyRow } from '../storage/port/tables.ts';
import { exitCodes, StartError } from './start-error.ts';

export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

export interface RootPrincipalRequest {
  readonly store: Store;
  readonly credentials: CredentialService;
  readonly clock: Clock;
  readonly accountId: string;
  readonly region: string;
  readonly dataDir: string;
  /** From KEYSTEAD_ROOT_ACCESS_KEY_ID and KEYSTEAD_ROOT_SECRET_ACCESS_KEY. */
  readonly given?: RootCredentials;
}

export interface RootPrincipal {
  readonly arn: string;
  readonly accessKeyId: string;
  /** File with the credentials; undefined when they came from the environment. */
  readonly credentialsFile?: string;
}

/** Row of the meta table: the account whose root user can create further accounts. */
export const FIRST_ACCOUNT = 'first-account';

/** @throws StartError when the given credentials are malformed or a credentials file cannot be read. */
export async function ensureRootPrincipal(request: RootPrincipalRequest): Promise<RootPrincipal> {
  const arn = rootArn(request.accountId, request.region);
  const file = credentialsFile(request.dataDir);
  const existing = await request.store.findPrincipal(arn);
  if (existing && !request.given) {
    const active = (await request.store.listAccessKeys(request.accountId)).find((key) => key.status === 'Active');
    return { arn, accessKeyId: active?.access_key_id ?? '(none active)', credentialsFile: file };
  }
  const credentials = request.given ? requireWellFormed(request.given) : await credentialsInFile(request, file);
  await storeCredentials(request, arn, existing !== undefined, credentials);
  return {
    arn,
    accessKeyId: credentials.accessKeyId,
    ...defined({ credentialsFile: request.given ? undefined : file }),
  };
}

export function credentialsFile(dataDir: string): string {
  return join(dataDir, 'credentials');
}

async function storeCredentials(
  { store, credentials, clock, accountId, region }: RootPrincipalRequest,
  arn: string,
  principalExists: boolean,
  { accessKeyId, secretAccessKey }: RootCredentials,
): Promise<void> {
  const nowMs = clock.now();
  const known = await store.findAccessKey(accessKeyId);
  if (known && known.principal.arn !== arn) {
    throw new StartError(
      `The access key ${accessKeyId} belongs to ${known.principal.arn}.`,
      'Choose another KEYSTEAD_ROOT_ACCESS_KEY_ID.',
      exitCodes.usage,
    );
  }
  const wrapped = await credentials.wrapSecret({ accountId, accessKeyId }, secretAccessKey);
  if (known?.status === 'Active' && (await sameSecret(credentials, known, wrapped, nowMs))) return;
  const mutations: Mutation[] = [];
  if (!principalExists) {
    mutations.push(newAccount(accountId, '', nowMs));
    mutations.push({ op: 'insert', table: 'principals', row: rootPrincipal(accountId, arn, nowMs) });
    if (!(await store.findMeta(FIRST_ACCOUNT))) {
      mutations.push({ op: 'insert', table: 'meta', row: { name: FIRST_ACCOUNT, value: accountId } });
    }
  }
  mutations.push(
    known
      ? updateAccessKey(known, { wrapped_secret: wrapped, status: 'Active' })
      : insertAccessKey(newAccessKey({ accountId, accessKeyId, wrapped }, accountId, nowMs)),
  );
  const eventName = 'CreateRootAccessKey';
  await store.write({
    mutations,
    changes: [accessKeyChange({ accountId, region }, accessKeyId, known ? 'updated' : 'created', eventName)],
    audit: [serviceEventRecord({ eventName, awsRegion: region, accountId, nowMs, requestId: randomUUID() })],
  });
}

/** Wrapping is randomized, so two wrapped secrets are compared by a signing key derived from each. */
export async function sameSecret(
  credentials: CredentialService,
  known: AccessKeyRow,
  wrapped: Uint8Array,
  nowMs: number,
): Promise<boolean> {
  const secret = wrappedSecretOf(known);
  // The HSM derives keys of these days only.
  const date = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '');
  const scope = { date, region: 'us-east-1', service: 'kms' };
  const stored = await credentials.deriveSigningKey({ secret, ...scope });
  return timingSafeEqual(stored, await credentials.deriveSigningKey({ secret: { ...secret, wrapped }, ...scope }));
}

/** The credentials of an interrupted first start, or new ones; they are on disk before anything uses them. */
async function credentialsInFile(
  { credentials, accountId, region }: RootPrincipalRequest,
  file: string,
): Promise<RootCredentials> {
  const existing = await readCredentials(file);
  if (existing) return existing;
  const accessKeyId = uniqueId('AKIA');
  const { secret } = await credentials.generateSecret({ accountId, accessKeyId });
  const text = [
    '# Root principal of this Keystead installation. Whoever holds this file can do everything.',
    '[default]',
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secret.reveal()}`,
    `region = ${region}`,
    '',
  ].join('\n');
  await writeDurably(file, text);
  return { accessKeyId, secretAccessKey: secret };
}

/** undefined when the file does not exist. @throws StartError when it cannot be read or contains no access key */
export async function readCredentials(file: string): Promise<RootCredentials | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new StartError(
      `${file} cannot be read: ${error.message}.`,
      'Run as the user who owns the data directory.',
      exitCodes.failure,
    );
  });
  if (text === undefined) return undefined;
  const accessKeyId = /^\s*aws_access_key_id\s*=\s*(\S+)\s*$/m.exec(text)?.[1];
  const secretAccessKey = /^\s*aws_secret_access_key\s*=\s*(\S+)\s*$/m.exec(text)?.[1];
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  throw new StartError(
    `${file} does not contain an access key.`,
    'Restore it, or remove it; then the next start creates a new access key.',
    exitCodes.failure,
  );
}

function requireWellFormed(given: RootCredentials): RootCredentials {
  if (/^[A-Z0-9_]{16,128}$/i.test(given.accessKeyId) && given.secretAccessKey.reveal().length >= 16) return given;
  throw new StartError(
    'KEYSTEAD_ROOT_ACCESS_KEY_ID or KEYSTEAD_ROOT_SECRET_ACCESS_KEY is malformed.',
    'The id has 16 to 128 letters, digits or underscores; the secret at least 16 characters.',
    exitCodes.usage,
  );
}
