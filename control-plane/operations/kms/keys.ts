/** Creates, describes, lists, enables and disables keys. Source: AWS KMS API reference, the operations by name. */

import { randomBytes, randomUUID } from 'node:crypto';
import { keyArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { KeyMetadata } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { keysOperations } from '@keystead/provider-schema/operations/kms/keys.ts';
import type { KeySpec, KeyState, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import { trailElements, trailResource } from '../../audit/event-form.ts';
import type { AcceptedPolicy } from '../../authorization/policy-documents.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { copiesIn, expirationOf } from '../../domain/keys/imported-material.ts';
import { keyMetadata } from '../../domain/keys/key-metadata.ts';
import { requireAvailableSpec } from '../../domain/keys/key-spec-availability.ts';
import { managedAliases, RESERVED_ALIAS_PREFIX } from '../../domain/keys/managed-keys.ts';
import { addTags, encodeTags } from '../../domain/keys/tags.ts';
import { insertKey, keyChange, updateKey } from '../../mutations/mutations.ts';
import type { StoredKey } from '../../storage/port/keys.ts';
import type { Mutation } from '../../storage/port/store.ts';
import { acceptedPolicy, policyWarnings } from '../shared/accepted-policy.ts';
import { type Implementation, type Implementations, type Input, resolvedKey } from '../shared/implementation.ts';
import { listPage } from '../shared/paging.ts';
import { importedMaterials } from './key-material.ts';
import { type KeyStoreColumns, keyInKeyStore } from './key-stores/new-key.ts';
import { getKeyLastUsage } from './key-usage.ts';
import { getPublicKey } from './public-key.ts';

const createKey: Implementation<'CreateKey'> = {
  check(ctx, input) {
    requireCustomKeyStoreRules(input);
    const keySpec = keySpecOf(input);
    keyUsageOf(input, keySpec);
    requireAvailable(input, keySpec, ctx.region);
  },
  async run(ctx, input) {
    const { accountId, region } = ctx;
    const keyId = input.MultiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID();
    const arn = keyArn(region, accountId, keyId);
    const tags = encodeTags(addTags({}, input.Tags ?? []));
    const accepted = await acceptedPolicy(ctx, input, { arn, accountId, region });
    await requireRoomForKey(ctx, region);
    const backing = await keyInKeyStore(ctx, input, keyId);
    const key = await newKey(ctx, input, keyId, { tags, ...accepted, ...backing?.columns });
    const KeyMetadata = keyMetadata({ ...key.stored, ...defined({ keyStore: backing?.keyStore }) }, [region]);
    return {
      output: { KeyMetadata },
      ...(await policyWarnings(ctx, input, accountId)),
      mutations: [...key.mutations, ...(backing?.mutations ?? [])],
      ...defined({ compensate: backing?.compensate }),
      changes: [keyChange(key.stored, 'created', 'CreateKey')],
      audit: {
        responseElements: { keyMetadata: trailElements(KeyMetadata) },
        resources: [trailResource(accountId, arn)],
        ...defined({ additionalEventData: backing?.eventData }),
      },
    };
  },
};

const describeKey: Implementation<'DescribeKey'> = {
  async run(ctx, _input, keys) {
    return { output: { KeyMetadata: await describe(ctx, resolvedKey(keys)) } };
  },
};

const listKeys: Implementation<'ListKeys'> = {
  async run(ctx, input) {
    const { ResourceOwners: owners = ['SELF'] } = input;
    // Keys of other accounts would be listed when they are shared through Resource Access Manager, and none is.
    const ownKeys = owners.includes('SELF');
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListKeys', of: ownKeys ? '' : 'OTHER_ACCOUNTS_VIA_RAM', input },
      async (page) => (ownKeys ? ctx.store.listKeys(ctx.accountId, ctx.region, page) : { rows: [], more: false }),
      (row) => row.key_id,
    );
    const Keys = rows.map(({ account_id: accountId, region, key_id: keyId }) => ({
      KeyId: keyId,
      KeyArn: keyArn(region, accountId, keyId),
    }));
    return { output: { Keys, ...paging } };
  },
};

const enableKey: Implementation<'EnableKey'> = {
  run: async (_ctx, _input, keys) => switchTo('Enabled', resolvedKey(keys), 'EnableKey'),
};

const disableKey: Implementation<'DisableKey'> = {
  run: async (_ctx, _input, keys) => switchTo('Disabled', resolvedKey(keys), 'DisableKey'),
};

const updateKeyDescription: Implementation<'UpdateKeyDescription'> = {
  async run(_ctx, input, keys) {
    const key = resolvedKey(keys);
    return {
      output: undefined,
      mutations: [updateKey(key, { description: input.Description })],
      changes: [keyChange(key, 'updated', 'UpdateKeyDescription')],
      audit: { responseElements: { keyId: key.arn } },
    };
  },
};

/** The key's metadata, with the Regions of its relatives when it has any. */
export async function describe(ctx: Context, key: StoredKey): Promise<KeyMetadata> {
  const regions = await regionsOf(ctx, key);
  if (key.shared.origin !== 'EXTERNAL') return keyMetadata(key, regions);
  const { materials, copies } = await importedMaterials(ctx, key);
  return keyMetadata(key, regions, expirationOf(materials, copiesIn(key.regional.region, copies), ctx.nowMs));
}

/** Every Region that has the key, ordered. */
export async function regionsOf(ctx: Context, { shared, regional }: StoredKey): Promise<readonly string[]> {
  if (shared.multi_region === 0) return [regional.region];
  const related = await ctx.store.listRelatedKeys(shared.account_id, shared.key_id);
  return related.map((row) => row.region);
}

/**
 * An account does not have a row that every creation of a key changes, so concurrent creations can exceed the quota by
 * as many as run at once. This is acceptable, because the quota only protects the service.
 */
export async function requireRoomForKey(ctx: Context, region: string): Promise<void> {
  const { keysPerRegion: quota } = ctx.quotas;
  if (quota === undefined) return;
  const managed = await countManagedKeys(ctx, region);
  if ((await ctx.store.countKeys(ctx.accountId, region, quota + managed)) - managed < quota) return;
  throw new KmsError('LimitExceededException', `The account has ${quota} KMS keys in ${region}, which is the limit.`);
}

/** AWS managed keys do not count against the quota. They are counted by their aliases: each has one for life. */
async function countManagedKeys({ store, accountId }: Context, region: string): Promise<number> {
  const page = { after: RESERVED_ALIAS_PREFIX, limit: managedAliases.length };
  const { rows } = await store.listAliases(accountId, region, page);
  return rows.filter((row) => row.alias_name.startsWith(RESERVED_ALIAS_PREFIX)).length;
}

/** Setting a key to the state it has succeeds without a change. */
function switchTo(state: KeyState, key: ResolvedKey, eventName: string): Outcome<undefined> {
  const audit = { responseElements: { keyId: key.arn } };
  if (key.regional.state === state) return { output: undefined, audit };
  return {
    output: undefined,
    mutations: [updateKey(key, { state })],
    changes: [keyChange(key, 'updated', eventName)],
    audit,
  };
}

async function newKey(
  ctx: Context,
  input: Input<'CreateKey'>,
  keyId: string,
  own: AcceptedPolicy & { readonly tags: string } & Partial<KeyStoreColumns>,
): Promise<{ readonly stored: StoredKey; readonly mutations: readonly Mutation[] }> {
  const { accountId, region, nowMs: createdAtMs } = ctx;
  const keySpec = keySpecOf(input);
  return insertKey({
    accountId,
    region,
    keyId,
    createdAtMs,
    keySpec,
    ...own,
    keyUsage: keyUsageOf(input, keySpec),
    ...defined({ description: input.Description }),
    multiRegion: input.MultiRegion === true,
    ...(input.Origin === 'EXTERNAL' && { origin: input.Origin, state: 'PendingImport' }),
    ...(needsMaterial(input, own) && {
      material: await ctx.keyMaterial.generateKey({ accountId, domainRegion: region, keyId, keySpec }),
    }),
  });
}

/** Imported keys get it later, keys in a token have it there. External keys need it for the inner encryption. */
function needsMaterial({ Origin }: Input<'CreateKey'>, own: Partial<KeyStoreColumns>): boolean {
  return Origin !== 'EXTERNAL' && own.material === undefined;
}

/** `CustomerMasterKeySpec` is the deprecated name of `KeySpec`. */
function keySpecOf(input: Input<'CreateKey'>): KeySpec {
  if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
    throw new KmsError('ValidationException', messages.bothKeySpecs);
  }
  return input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
}

function keyUsageOf(input: Input<'CreateKey'>, keySpec: KeySpec): KeyUsage {
  const row = keySpecRow(keySpec);
  const usage = input.KeyUsage ?? row.defaultUsage;
  if (usage === undefined) throw new KmsError('ValidationException', messages.keyUsageRequired);
  if (!row.algorithms[usage]) throw new KmsError('ValidationException', messages.keyUsageIncompatible(usage, keySpec));
  return usage;
}

function requireCustomKeyStoreRules(input: Input<'CreateKey'>): void {
  const { Origin: origin = 'AWS_KMS', CustomKeyStoreId: storeId, XksKeyId: xksKeyId } = input;
  const inStore = origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE';
  if (storeId !== undefined && input.MultiRegion) {
    throw new KmsError('UnsupportedOperationException', 'A multi-Region key cannot be in a custom key store.');
  }
  if (inStore !== (storeId !== undefined)) {
    const problem = inStore
      ? `Origin ${origin} needs a CustomKeyStoreId.`
      : `CustomKeyStoreId does not fit Origin ${origin}.`;
    throw new KmsError('ValidationException', problem);
  }
  if ((origin === 'EXTERNAL_KEY_STORE') !== (xksKeyId !== undefined)) {
    throw new KmsError(
      'ValidationException',
      'XksKeyId is required for Origin EXTERNAL_KEY_STORE and cannot be given for another.',
    );
  }
  // XksKeyId becomes a segment of a URL path.
  if (xksKeyId !== undefined && /^\.+$/.test(xksKeyId)) {
    throw new KmsError('ValidationException', 'XksKeyId cannot consist of dots only.');
  }
}

/** Refuses by name what AWS KMS has and this version does not have. */
function requireAvailable(input: Input<'CreateKey'>, keySpec: KeySpec, region: string): void {
  const { Origin: origin = 'AWS_KMS' } = input;
  if (!keySpecRow(keySpec).origins.includes(origin)) {
    throw new KmsError('UnsupportedOperationException', `KeySpec ${keySpec} is not compatible with Origin ${origin}.`);
  }
  requireAvailableSpec('KeySpec', keySpec, region);
}

export const keysFunctions: Implementations<typeof keysOperations> = {
  CreateKey: createKey,
  DescribeKey: describeKey,
  ListKeys: listKeys,
  EnableKey: enableKey,
  DisableKey: disableKey,
  UpdateKeyDescription: updateKeyDescription,
  GetKeyLastUsage: getKeyLastUsage,
  GetPublicKey: getPublicKey,
};
