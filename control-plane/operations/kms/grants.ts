/** Creates, revokes and retires grants. Source: AWS KMS API reference, CreateGrant, RevokeGrant, RetireGrant. */

import { randomBytes, randomUUID } from 'node:crypto';
import { isGrantOperationAllowed, meantConstraints } from '@keystead/policy/grants.ts';
import { isServiceName, keyArn, rootArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { grantsOperations } from '@keystead/provider-schema/operations/kms/grants.ts';
import { trailResource } from '../../audit/event-form.ts';
import { requireRetirement } from '../../authorization/permit.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { parseKeyRef } from '../../domain/identifiers/key-ref.ts';
import {
  decodeGrant,
  encodeGrantConstraints,
  encodeGrantOperations,
  type GrantTerms,
  type GrantTokenContent,
  isSameGrant,
  requireGrantConstraints,
} from '../../domain/keys/grants.ts';
import { bumpRevision, requireUnchangedKey } from '../../mutations/mutations.ts';
import type { Change } from '../../storage/port/changes.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { GrantRow } from '../../storage/port/tables.ts';
import { type Implementation, type Implementations, type Input, resolvedKey } from '../shared/implementation.ts';
import { listGrants, listRetirableGrants } from './grant-lists.ts';
import {
  findGrantPrincipalId,
  invalidPrincipal,
  isGrantId,
  notBoth,
  requireGrant,
  unknownGrant,
} from './grant-lookups.ts';

/** Creations exclude each other when fewer grants than this are left; with more left, a race cannot reach the limit. */
const LIMIT_CLEARANCE = 1000;

type GrantPlace = Pick<GrantRow, 'account_id' | 'region' | 'key_id' | 'grant_id'>;

const createGrant: Implementation<'CreateGrant'> = {
  check(_ctx, input, keys) {
    const key = resolvedKey(keys);
    requirePrincipalMembers(input);
    requireGrantOperations(input.Operations, key);
    requireGrantConstraints(meantConstraints(input.Constraints), key.shared.key_spec);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const terms = await grantTerms(ctx, input);
    const same = await findSameGrant(ctx, key, input.Name, terms);
    return same ? grantAnswer(ctx, key, same) : newGrant(ctx, key, input.Name, terms);
  },
};

const revokeGrant: Implementation<'RevokeGrant'> = {
  async run(ctx, input, keys) {
    // A grant that was revoked before is not found, unlike in the other operations.
    const grant = await requireGrant(ctx, resolvedKey(keys), input.GrantId, 'NotFoundException');
    return {
      output: undefined,
      mutations: [deleteGrant(grant)],
      changes: [grantChange(grant, 'deleted', 'RevokeGrant')],
    };
  },
};

const retireGrant: Implementation<'RetireGrant'> = {
  check(_ctx, { GrantToken, KeyId, GrantId }) {
    const byGrantToken = GrantToken !== undefined && KeyId === undefined && GrantId === undefined;
    const byId = GrantToken === undefined && KeyId !== undefined && GrantId !== undefined;
    if (!byGrantToken && !byId) throw new KmsError('ValidationException', messages.grantReference);
  },
  async run(ctx, input) {
    const grant =
      input.GrantToken === undefined ? await grantById(ctx, input) : await grantByGrantToken(ctx, input.GrantToken);
    const arn = keyArn(grant.region, grant.account_id, grant.key_id);
    const key = await ctx.store.findKey(grant.account_id, grant.region, grant.key_id);
    if (!key) throw new KmsError('NotFoundException', messages.keyNotFound(arn));
    return requireRetirement(ctx, { ...key, arn }, decodeGrant(grant), () => ({
      output: undefined,
      mutations: [deleteGrant(grant)],
      changes: [grantChange(grant, 'deleted', 'RetireGrant')],
      audit: {
        additionalEventData: { grantId: grant.grant_id },
        resources: [trailResource(grant.account_id, arn)],
      },
    }));
  },
};

/** @throws KmsError ValidationException */
function requirePrincipalMembers(input: Input<'CreateGrant'>): void {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = input;
  const refuse = (message: string) => new KmsError('ValidationException', message);
  if (GranteePrincipal === undefined && GranteeServicePrincipal === undefined) {
    throw refuse(messages.granteeRequired);
  }
  if (GranteePrincipal !== undefined && GranteeServicePrincipal !== undefined) {
    throw notBoth('A grant', 'GranteePrincipal');
  }
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal !== undefined) {
    throw notBoth('A grant', 'RetiringPrincipal');
  }
  if (GranteeServicePrincipal === undefined) return;
  if (input.Constraints?.SourceArn === undefined) {
    throw refuse('A grant to GranteeServicePrincipal needs the constraint SourceArn.');
  }
  if (RetiringPrincipal === undefined && RetiringServicePrincipal === undefined) {
    throw refuse('A grant to GranteeServicePrincipal needs RetiringPrincipal or RetiringServicePrincipal.');
  }
}

/** @throws KmsError ValidationException */
function requireGrantOperations(operations: readonly string[], { shared }: ResolvedKey): void {
  if (operations.length === 0) throw new KmsError('ValidationException', 'A grant needs at least one operation.');
  const key = { keySpec: shared.key_spec, keyUsage: shared.key_usage };
  const unfit = operations.find((operation) => !isGrantOperationAllowed(operation, key));
  if (unfit === undefined) return;
  throw new KmsError(
    'ValidationException',
    `Operation ${unfit} cannot be granted on a key with key spec ${key.keySpec} and key usage ${key.keyUsage}.`,
  );
}

interface NamedPrincipal {
  /** ARN or service name, as given. */
  readonly name: string;
  /** See `findPrincipalId`. */
  readonly id: string;
}

/**
 * A service can be named here only as it is called in a Region; under its other name it needs GranteeServicePrincipal.
 * @throws KmsError InvalidArnException unless the ARN names a principal that exists, or one of another account.
 */
async function requirePrincipal(ctx: Context, arn: string): Promise<NamedPrincipal> {
  const id = await findGrantPrincipalId(ctx, arn);
  if (id === undefined) throw invalidPrincipal(arn);
  return { name: arn, id };
}

function requireServiceName(name: string): NamedPrincipal {
  if (!isServiceName(name)) throw invalidPrincipal(name);
  return { name, id: name };
}

async function grantTerms(ctx: Context, input: Input<'CreateGrant'>): Promise<GrantTerms> {
  const { GranteePrincipal = '', GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = input;
  const grantee =
    GranteeServicePrincipal === undefined
      ? await requirePrincipal(ctx, GranteePrincipal)
      : requireServiceName(GranteeServicePrincipal);
  const retiring =
    RetiringPrincipal !== undefined
      ? await requirePrincipal(ctx, RetiringPrincipal)
      : RetiringServicePrincipal !== undefined
        ? requireServiceName(RetiringServicePrincipal)
        : undefined;
  return {
    grantee_principal: grantee.name,
    grantee_id: grantee.id,
    retiring_principal: retiring?.name ?? null,
    retiring_id: retiring?.id ?? null,
    operations: encodeGrantOperations(input.Operations),
    constraints: encodeGrantConstraints(meantConstraints(input.Constraints)),
    issuing_account: rootArn(ctx.accountId, ctx.region),
  };
}

/** A name makes CreateGrant idempotent. */
async function findSameGrant(
  ctx: Context,
  { regional }: ResolvedKey,
  name: string | undefined,
  terms: GrantTerms,
): Promise<GrantRow | undefined> {
  if (name === undefined) return undefined;
  const named = await ctx.store.findGrantsByName(regional.account_id, regional.region, regional.key_id, name);
  return named.find((grant) => isSameGrant(grant, terms));
}

/** @returns whether creations must exclude each other, so near the limit. AWS managed keys do not have a limit. */
async function requireRoomForGrant(ctx: Context, key: ResolvedKey): Promise<boolean> {
  const { grantsPerKey: quota } = ctx.quotas;
  if (quota === undefined || key.shared.key_manager === 'AWS') return false;
  const { account_id, region, key_id } = key.regional;
  const count = await ctx.store.countGrants(account_id, region, key_id);
  if (count < quota) return count >= quota - LIMIT_CLEARANCE;
  throw new KmsError('LimitExceededException', `${key.arn} has ${quota} grants, which is the limit.`);
}

async function newGrant(
  ctx: Context,
  key: ResolvedKey,
  name: string | undefined,
  terms: GrantTerms,
): Promise<Outcome<{ readonly GrantId: string; readonly GrantToken: string }>> {
  const { account_id, region, key_id } = key.regional;
  const nearQuota = await requireRoomForGrant(ctx, key);
  const grant_id = randomBytes(32).toString('hex');
  const row = { account_id, region, key_id, grant_id, name: name ?? '', ...terms, created_at_ms: ctx.nowMs };
  const isExclusive = name !== undefined || nearQuota;
  return {
    ...(await grantAnswer(ctx, key, row)),
    mutations: [
      { op: 'insert', table: 'grants', row },
      requireUnchangedKey(key),
      ...(isExclusive ? [bumpRevision(key)] : []),
    ],
    changes: [grantChange(row, 'created', 'CreateGrant')],
  };
}

/** Every answer has a grant token of its own, also for a grant that existed before. */
async function grantAnswer(ctx: Context, key: ResolvedKey, grant: GrantPlace) {
  const content: GrantTokenContent = {
    accountId: grant.account_id,
    region: grant.region,
    keyId: grant.key_id,
    grantId: grant.grant_id,
    nonce: randomUUID(),
  };
  return {
    output: { GrantId: grant.grant_id, GrantToken: await ctx.sealedTokens.seal('grant', content) },
    audit: { responseElements: { grantId: grant.grant_id, keyId: key.arn } },
  };
}

/** @throws KmsError InvalidGrantTokenException also when the grant does not exist any more. */
async function grantByGrantToken(ctx: Context, grantToken: string): Promise<GrantRow> {
  const content = (await ctx.sealedTokens.open('grant', grantToken)) as GrantTokenContent | undefined;
  const grant =
    content?.region === ctx.region
      ? await ctx.store.findGrant(content.accountId, content.region, content.keyId, content.grantId)
      : undefined;
  if (!grant) throw new KmsError('InvalidGrantTokenException');
  return grant;
}

/** The key can be in another account; then the error does not reveal whether the key or the grant exists. */
async function grantById(ctx: Context, input: Input<'RetireGrant'>): Promise<GrantRow> {
  const { KeyId = '', GrantId = '' } = input;
  const reference = parseKeyRef(KeyId, 'key');
  if (!('keyId' in reference)) throw new KmsError('NotFoundException', messages.invalidKeyId(KeyId));
  const { keyId } = reference;
  const { accountId, region } = reference.form === 'key-arn' ? reference : ctx;
  if (region !== ctx.region) throw new KmsError('NotFoundException', messages.invalidArnRegion(region));
  const grant = isGrantId(GrantId) ? await ctx.store.findGrant(accountId, region, keyId, GrantId) : undefined;
  if (grant) return grant;
  if (accountId !== ctx.accountId) {
    throw new KmsError('AccessDeniedException', messages.accessDeniedForeign(ctx.principal.arn, 'kms:RetireGrant'));
  }
  const arn = keyArn(region, accountId, keyId);
  if (await ctx.store.findKey(accountId, region, keyId)) throw unknownGrant(GrantId, arn);
  throw new KmsError('NotFoundException', messages.keyNotFound(arn));
}

function deleteGrant({ account_id, region, key_id, grant_id, revision }: GrantRow): Mutation {
  return { op: 'delete', table: 'grants', key: { account_id, region, key_id, grant_id }, revision };
}

function grantChange(row: GrantPlace, kind: Change['kind'], eventName: string): Change {
  return {
    accountId: row.account_id,
    region: row.region,
    resourceType: 'grant',
    resourceId: row.grant_id,
    keyId: row.key_id,
    kind,
    eventName,
  };
}

export const grantsFunctions: Implementations<typeof grantsOperations> = {
  CreateGrant: createGrant,
  ListGrants: listGrants,
  ListRetirableGrants: listRetirableGrants,
  RevokeGrant: revokeGrant,
  RetireGrant: retireGrant,
};
