/**
 * Multi-Region keys: one shared row and material, one row per Region. Regions share a database, so both steps of the
 * service's synchronisation (Creating, Updating) are finished when the write commits.
 * Source: AWS KMS API reference, ReplicateKey, UpdatePrimaryRegion; Developer Guide, "Multi-Region keys".
 */

import { isRegion, keyArn, partitionOf } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { multiRegionOperations } from '@keystead/provider-schema/operations/kms/multi-region.ts';
import { usableKey } from '@keystead/provider-schema/operations/states.ts';
import { trailElements, trailResource } from '../../audit/event-form.ts';
import { requireAllowed } from '../../authorization/permit.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { keyMetadata } from '../../domain/keys/key-metadata.ts';
import { requireKeyState } from '../../domain/keys/key-state.ts';
import { addTags, encodeTags, listTags } from '../../domain/keys/tags.ts';
import { bumpRevision, keyChange, requireUnchangedKey, updateKeySet } from '../../mutations/mutations.ts';
import type { KeyRow } from '../../storage/port/tables.ts';
import { acceptedPolicy, policyWarnings } from '../shared/accepted-policy.ts';
import { type Implementation, type Implementations, type Input, resolvedKey } from '../shared/implementation.ts';
import { regionsOf, requireRoomForKey } from './keys.ts';

const replicateKey: Implementation<'ReplicateKey'> = {
  check(ctx, input, keys) {
    requirePrimary(resolvedKey(keys));
    requireReachable(ctx, resolvedKey(keys), input.ReplicaRegion);
  },
  async run(ctx, input, keys) {
    const primary = resolvedKey(keys);
    const regions = await regionsOf(ctx, primary);
    const arn = relatedArn(primary, input.ReplicaRegion);
    if (regions.includes(input.ReplicaRegion))
      throw new KmsError('AlreadyExistsException', `Key ${arn} already exists`);
    await requireRoomForKey(ctx, input.ReplicaRegion);
    const { replica, tags } = await newReplica(ctx, input, primary, arn);
    const replicaTags = listTags(tags);
    // The key can be used as soon as the write commits; the answer shows the state that clients expect of a new
    // replica.
    const creating = { shared: primary.shared, regional: { ...replica, state: 'Creating' } } as const;
    const ReplicaKeyMetadata = keyMetadata(creating, [...regions, input.ReplicaRegion].sort());
    return {
      output: {
        ReplicaKeyMetadata,
        ReplicaPolicy: replica.policy,
        ...(replicaTags.length > 0 && { ReplicaTags: replicaTags }),
      },
      ...(await policyWarnings(ctx, input, replica.account_id)),
      // Conflicts if the primary Region moved or the primary was scheduled for deletion meanwhile.
      mutations: [{ op: 'insert', table: 'keys', row: replica }, requireUnchangedKey(primary), bumpRevision(primary)],
      changes: [keyChange({ regional: { ...replica, revision: 1 } }, 'created', 'ReplicateKey')],
      audit: {
        responseElements: {
          replicaKeyMetadata: trailElements(ReplicaKeyMetadata),
          replicaPolicy: replica.policy,
          ...(replicaTags.length > 0 && { replicaTags: replicaTags.map(trailElements) }),
        },
        serviceEvents: [
          {
            eventName: 'CreateKey',
            awsRegion: input.ReplicaRegion,
            resources: [trailResource(replica.account_id, arn)],
          },
        ],
      },
    };
  },
};

const updatePrimaryRegion: Implementation<'UpdatePrimaryRegion'> = {
  check(_ctx, input, keys) {
    const key = resolvedKey(keys);
    requirePrimary(key);
    if (input.PrimaryRegion === key.regional.region) {
      throw new KmsError('UnsupportedOperationException', `${key.arn} is the primary key already.`);
    }
  },
  async run(ctx, input, keys) {
    const primary = resolvedKey(keys);
    const replica = await requireReplica(ctx, primary, input.PrimaryRegion);
    return requireAllowed(ctx, 'kms:UpdatePrimaryRegion', replica, () => makePrimary(replica, primary));
  },
};

/** @throws KmsError DisabledException, KMSInvalidStateException */
function makePrimary(replica: ResolvedKey, primary: ResolvedKey): Outcome<undefined> {
  requireKeyState(usableKey, replica);
  const { region, account_id: accountId } = replica.regional;
  return {
    output: undefined,
    mutations: [
      updateKeySet(primary, { primary_region: region }),
      requireUnchangedKey(primary),
      requireUnchangedKey(replica),
    ],
    changes: [primary, replica].map((key) => keyChange(key, 'updated', 'UpdatePrimaryRegion')),
    audit: {
      serviceEvents: [
        { eventName: 'UpdatePrimaryRegion', awsRegion: region, resources: [trailResource(accountId, replica.arn)] },
      ],
    },
  };
}

/** A replica gets its own policy, tags and description, or the defaults; those of the primary are not copied. */
async function newReplica(ctx: Context, input: Input<'ReplicateKey'>, primary: ResolvedKey, arn: string) {
  const { account_id, key_id } = primary.regional;
  const tags = addTags({}, input.Tags ?? []);
  const place = { arn, accountId: account_id, region: input.ReplicaRegion };
  const replica: Omit<KeyRow, 'revision'> = {
    account_id,
    region: input.ReplicaRegion,
    key_id,
    // Imported material is not copied: it is imported into each Region separately.
    state: primary.shared.origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled',
    description: input.Description ?? '',
    ...(await acceptedPolicy(ctx, input, place)),
    tags: encodeTags(tags),
    created_at_ms: ctx.nowMs,
    deletion_at_ms: null,
    pending_window_in_days: null,
    // A Region's own, as description and state: whoever replicates decides anew.
    deletion_protected: 0,
  };
  return { replica, tags };
}

function requirePrimary({ shared, regional, arn }: ResolvedKey): void {
  if (shared.multi_region === 1 && shared.primary_region === regional.region) return;
  throw new KmsError('UnsupportedOperationException', messages.notMultiRegionPrimary(arn));
}

/**
 * Related keys stay within one partition. A name that the shape allows but no Region has, or a Region that is not served,
 * would make a replica that requests cannot reach, and a primary that can never be deleted.
 */
function requireReachable({ regions }: Context, { regional }: ResolvedKey, replicaRegion: string): void {
  const isServed = isRegion(replicaRegion) && (regions?.has(replicaRegion) ?? true);
  if (isServed && partitionOf(replicaRegion) === partitionOf(regional.region)) return;
  throw new KmsError('ValidationException', `A key in ${regional.region} cannot be replicated to ${replicaRegion}.`);
}

async function requireReplica(ctx: Context, primary: ResolvedKey, region: string): Promise<ResolvedKey> {
  const arn = relatedArn(primary, region);
  const stored = await ctx.store.findKey(primary.shared.account_id, region, primary.shared.key_id);
  if (!stored) throw new KmsError('NotFoundException', messages.keyNotFound(arn));
  return { ...stored, arn };
}

function relatedArn({ shared }: ResolvedKey, region: string): string {
  return keyArn(region, shared.account_id, shared.key_id);
}

export const multiRegionFunctions: Implementations<typeof multiRegionOperations> = {
  ReplicateKey: replicateKey,
  UpdatePrimaryRegion: updatePrimaryRegion,
};
