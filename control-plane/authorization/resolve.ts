/**
 * Step "resolve": finds the keys that a request names. An answer never tells another account whether a key exists.
 * Source: KMS developer guide, key identifiers and cross-account use.
 */
import { aliasArn, type KeyReference, keyArn, parseKeyReference } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord, Target } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';
import type { ResolvedKey, ResolvedKeys } from '../context/resolved-key.ts';
import { parseKeyRef } from '../domain/identifiers/key-ref.ts';
import { stateInKeyStore } from '../domain/key-stores/key-store.ts';
import { readCiphertextNames } from '../domain/key-stores/key-store-ciphertext.ts';
import { keyRevision } from '../domain/keys/key-metadata.ts';
import { managedServiceOf } from '../domain/keys/managed-keys.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import { notYetCreatedManagedKey } from './managed-keys.ts';

type Input = Readonly<Record<string, unknown>>;
type KeyTarget = Extract<Target, { kind: 'key' }>;
type AliasTarget = Extract<Target, { kind: 'alias' }>;

/**
 * @throws KmsError NotFoundException, InvalidArnException, AccessDeniedException (keys of other accounts),
 *   InvalidCiphertextException, ValidationException
 */
export async function resolveKeys(ctx: Context, record: OperationRecord, input: Input): Promise<ResolvedKeys> {
  const keys: Record<string, ResolvedKey> = {};
  for (const target of record.targets) {
    if (target.kind === 'key') {
      const key = await resolveKeyTarget(ctx, target, input);
      if (key) keys[target.member] = key;
    } else if (target.kind === 'alias' && target.exists) {
      keys[target.member] = await resolveAliasTarget(ctx, target, input);
    }
  }
  return keys;
}

async function resolveKeyTarget(ctx: Context, target: KeyTarget, input: Input): Promise<ResolvedKey | undefined> {
  const name = input[target.member];
  if (typeof name === 'string') {
    if (target.ofAlias) await refuseAlias(ctx, name);
    return resolveNamed(ctx, target, parseKeyRef(name, target.accepts));
  }
  if (target.ciphertextMember === undefined) {
    if (target.optional) return undefined;
    throw new KmsError('ValidationException', `${target.member} is required.`);
  }
  return resolveCiphertext(ctx, target, input[target.ciphertextMember]);
}

/** @throws KmsError ValidationException when the text names an alias of the account and Region that exists */
async function refuseAlias(ctx: Context, text: string): Promise<void> {
  const ref = parseKeyReference(text);
  if (ref?.form !== 'alias-name' && ref?.form !== 'alias-arn') return;
  if (ref.form === 'alias-arn' && (ref.accountId !== ctx.accountId || ref.region !== ctx.region)) return;
  const exists =
    managedServiceOf(ref.aliasName) ?? (await ctx.store.findAlias(ctx.accountId, ctx.region, ref.aliasName));
  if (exists) throw new KmsError('ValidationException', messages.aliasTarget);
}

export async function resolveNamed(
  ctx: Context,
  target: Pick<KeyTarget, 'action' | 'crossAccount'>,
  ref: KeyReference,
): Promise<ResolvedKey> {
  const accountId = 'accountId' in ref ? ref.accountId : ctx.accountId;
  const foreign = accountId !== ctx.accountId;
  if (foreign && !target.crossAccount) throw foreignRefusal(ctx, target.action);
  if ('region' in ref && ref.region !== ctx.region)
    throw new KmsError('NotFoundException', messages.invalidArnRegion(ref.region));
  if (ref.form === 'alias-name' || ref.form === 'alias-arn') {
    const alias = await ctx.store.findAlias(accountId, ctx.region, ref.aliasName);
    const stored = alias && (await ctx.store.findKey(accountId, ctx.region, alias.target_key_id));
    if (stored) return { ...(await resolved(ctx, stored)), viaAlias: ref.aliasName };
    if (foreign) throw foreignRefusal(ctx, target.action);
    const notYetCreated = notYetCreatedManagedKey(ctx, ref.aliasName);
    if (notYetCreated) return notYetCreated;
    throw new KmsError('NotFoundException', messages.aliasNotFound(aliasArnOf(ctx, ref.aliasName)));
  }
  const stored = await ctx.store.findKey(accountId, ctx.region, ref.keyId);
  if (stored) return resolved(ctx, stored);
  if (foreign) throw foreignRefusal(ctx, target.action);
  throw new KmsError('NotFoundException', messages.keyNotFound(keyArn(ctx.region, accountId, ref.keyId)));
}

/** The request names no key: the header of the ciphertext does, and authorization decides on that key. */
async function resolveCiphertext(ctx: Context, target: KeyTarget, blob: unknown): Promise<ResolvedKey> {
  if (!(blob instanceof Uint8Array)) {
    throw new KmsError('ValidationException', `${target.member} is required when no ciphertext is given.`);
  }
  const header = readCiphertextNames(blob);
  if (!header) throw new KmsError('InvalidCiphertextException');
  const stored =
    (await ctx.store.findKey(ctx.accountId, ctx.region, header.keyId)) ??
    (await ctx.store.findKeyInAnyAccount(ctx.region, header.keyId));
  if (!stored)
    throw new KmsError('AccessDeniedException', messages.accessDeniedCiphertext(ctx.principal.arn, target.action));
  return resolved(ctx, stored);
}

async function resolveAliasTarget(ctx: Context, target: AliasTarget, input: Input): Promise<ResolvedKey> {
  const aliasName = String(input[target.member]);
  const alias = await ctx.store.findAlias(ctx.accountId, ctx.region, aliasName);
  const stored = alias && (await ctx.store.findKey(ctx.accountId, ctx.region, alias.target_key_id));
  if (!stored) throw new KmsError('NotFoundException', messages.aliasNotFound(aliasArnOf(ctx, aliasName)));
  return resolved(ctx, stored);
}

async function resolved(ctx: Context, stored: StoredKey): Promise<ResolvedKey> {
  const { account_id: accountId, key_id: keyId } = stored.regional;
  const key = { ...stored, arn: keyArn(ctx.region, accountId, keyId) };
  const keyStoreId = stored.shared.custom_key_store_id;
  if (keyStoreId === null) return key;
  const keyStore = await ctx.store.findCustomKeyStore(accountId, ctx.region, keyStoreId);
  const state = stateInKeyStore(stored.regional.state, keyStore?.connection_state);
  return { ...key, ...defined({ keyStore }), regional: { ...stored.regional, state } };
}

function foreignRefusal(ctx: Context, action: string): KmsError {
  return new KmsError('AccessDeniedException', messages.accessDeniedForeign(ctx.principal.arn, action));
}

function aliasArnOf(ctx: Context, aliasName: string): string {
  return aliasArn(ctx.region, ctx.accountId, aliasName);
}

/** @throws KmsError PreconditionFailedException when the key changed since the caller read it; ValidationException */
export function requireRevision(revision: number | undefined, record: OperationRecord, keys: ResolvedKeys): void {
  if (revision === undefined) return;
  const target = record.targets.find((candidate) => candidate.kind === 'key');
  const key = target?.kind === 'key' ? keys[target.member] : undefined;
  if (!key)
    throw new KmsError('ValidationException', `${record.name} does not accept If-Match. Send the request without it.`);
  if (keyRevision(key) !== revision) {
    throw new KmsError(
      'PreconditionFailedException',
      `The key is at revision ${keyRevision(key)}, not ${revision}. Read the key again before you change it.`,
    );
  }
}
