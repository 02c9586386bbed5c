/** Aliases. Source: AWS KMS API reference, CreateAlias, UpdateAlias, DeleteAlias, ListAliases. */

import { aliasArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { AliasListEntry } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { aliasesOperations } from '@keystead/provider-schema/operations/kms/aliases.ts';
import { trailResource } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { requireAliasName } from '../../domain/keys/alias-name.ts';
import { managedAliases } from '../../domain/keys/managed-keys.ts';
import { bumpRevision, requireUnchangedKey } from '../../mutations/mutations.ts';
import type { Change } from '../../storage/port/changes.ts';
import { type KeysetPage, type Page, pageOf } from '../../storage/port/page.ts';
import { type Mutation, WriteConflict } from '../../storage/port/store.ts';
import type { AliasRow } from '../../storage/port/tables.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';
import { listPage } from '../shared/paging.ts';

const createAlias: Implementation<'CreateAlias'> = {
  check(_ctx, input) {
    requireAliasName(input.AliasName);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys, 'TargetKeyId');
    const arn = aliasArn(ctx.region, ctx.accountId, input.AliasName);
    if (await ctx.store.findAlias(ctx.accountId, ctx.region, input.AliasName)) {
      throw new KmsError('AlreadyExistsException', messages.aliasExists(arn));
    }
    await requireRoomForAlias(ctx, key);
    const row = {
      account_id: ctx.accountId,
      region: ctx.region,
      alias_name: input.AliasName,
      target_key_id: key.regional.key_id,
      created_at_ms: ctx.nowMs,
      updated_at_ms: ctx.nowMs,
    };
    return {
      output: undefined,
      mutations: [{ op: 'insert', table: 'aliases', row }, requireUnchangedKey(key), bumpRevision(key)],
      changes: [aliasChange(row, 'created', 'CreateAlias')],
      audit: aliasAudit([key.arn, arn], ctx.accountId),
    };
  },
};

const updateAlias: Implementation<'UpdateAlias'> = {
  check(_ctx, input, keys) {
    requireAliasName(input.AliasName);
    requireSameKind(input.AliasName, resolvedKey(keys, 'AliasName'), resolvedKey(keys, 'TargetKeyId'));
  },
  async run(ctx, input, keys) {
    const target = resolvedKey(keys, 'TargetKeyId');
    const alias = await requireAlias(ctx, input.AliasName, resolvedKey(keys, 'AliasName'));
    const moves = alias.target_key_id !== target.regional.key_id;
    if (moves) await requireRoomForAlias(ctx, target);
    const set = { target_key_id: target.regional.key_id, updated_at_ms: ctx.nowMs };
    return {
      output: undefined,
      mutations: [
        { op: 'update', table: 'aliases', ...aliasAsRead(alias), set },
        requireUnchangedKey(target),
        ...(moves ? [bumpRevision(target)] : []),
      ],
      changes: [aliasChange({ ...alias, ...set }, 'updated', 'UpdateAlias')],
      audit: aliasAudit([target.arn, aliasArn(ctx.region, ctx.accountId, input.AliasName)], ctx.accountId),
    };
  },
};

const deleteAlias: Implementation<'DeleteAlias'> = {
  check(_ctx, input) {
    requireAliasName(input.AliasName);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys, 'AliasName');
    const alias = await requireAlias(ctx, input.AliasName, key);
    const mutation: Mutation = { op: 'delete', table: 'aliases', ...aliasAsRead(alias) };
    return {
      output: undefined,
      mutations: [mutation],
      changes: [aliasChange(alias, 'deleted', 'DeleteAlias')],
      audit: aliasAudit([aliasArn(ctx.region, ctx.accountId, input.AliasName), key.arn], ctx.accountId),
    };
  },
};

const listAliases: Implementation<'ListAliases'> = {
  async run(ctx, input, keys) {
    const keyId = keys.KeyId?.regional.key_id;
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListAliases', of: keyId ?? '', input },
      (page) => (keyId === undefined ? withPredefined(ctx, page) : listAliasRows(ctx, { ...page, keyId })),
      (row) => row.alias_name,
    );
    return { output: { Aliases: rows.map((row) => listedAlias(ctx, row)), ...paging } };
  },
};

/** A predefined alias has no key until the key's first use. */
type ListedAlias = AliasRow | { readonly alias_name: string };

function listAliasRows(ctx: Context, query: KeysetPage & { readonly keyId?: string }): Promise<Page<AliasRow>> {
  return ctx.store.listAliases(ctx.accountId, ctx.region, query);
}

/** Both lists are in order of name, so the page is the first names of both together. */
async function withPredefined(ctx: Context, page: KeysetPage): Promise<Page<ListedAlias>> {
  const { rows, more } = await listAliasRows(ctx, page);
  const made = new Set(rows.map((row) => row.alias_name));
  const predefined = managedAliases
    .filter((name) => name > (page.after ?? '') && !made.has(name))
    .map((alias_name) => ({ alias_name }));
  const merged = [...rows, ...predefined].sort((a, b) => (a.alias_name < b.alias_name ? -1 : 1));
  const first = pageOf(merged, page.limit);
  return { rows: first.rows, more: more || first.more };
}

function listedAlias(ctx: Context, row: ListedAlias): AliasListEntry {
  if ('target_key_id' in row) return aliasEntry(row);
  return { AliasName: row.alias_name, AliasArn: aliasArn(ctx.region, ctx.accountId, row.alias_name) };
}

export function aliasEntry(row: AliasRow): AliasListEntry {
  return {
    AliasName: row.alias_name,
    AliasArn: aliasArn(row.region, row.account_id, row.alias_name),
    TargetKeyId: row.target_key_id,
    CreationDate: new Date(row.created_at_ms),
    LastUpdatedDate: new Date(row.updated_at_ms),
  };
}

/**
 * The alias that the pipeline has resolved to `from`. If it was moved since, the request was authorized on a key that
 * the alias does not name any more, so the request starts again.
 * @throws WriteConflict when the alias was moved since, KmsError NotFoundException when it was deleted since
 */
async function requireAlias(ctx: Context, aliasName: string, from: ResolvedKey): Promise<AliasRow> {
  const alias = await ctx.store.findAlias(ctx.accountId, ctx.region, aliasName);
  if (alias && alias.target_key_id !== from.regional.key_id) throw new WriteConflict();
  if (alias) return alias;
  throw new KmsError('NotFoundException', messages.aliasNotFound(aliasArn(ctx.region, ctx.accountId, aliasName)));
}

async function requireRoomForAlias(ctx: Context, key: ResolvedKey): Promise<void> {
  const { aliasesPerKey: quota } = ctx.quotas;
  if (quota === undefined) return;
  const count = await ctx.store.countAliases(ctx.accountId, ctx.region, key.regional.key_id);
  if (count < quota) return;
  throw new KmsError('LimitExceededException', `${key.arn} has ${quota} aliases, which is the limit.`);
}

/** An alias stays with one kind of key, so that requests that name it keep working. */
function requireSameKind(aliasName: string, from: ResolvedKey, to: ResolvedKey): void {
  if (from.shared.key_usage !== to.shared.key_usage) {
    const text = messages.aliasUsageChange(aliasName, from.shared.key_usage, to.shared.key_usage);
    throw new KmsError('ValidationException', text);
  }
  const [fromType, toType] = [keySpecRow(from.shared.key_spec).type, keySpecRow(to.shared.key_spec).type];
  if (fromType !== toType) {
    throw new KmsError('ValidationException', messages.aliasTypeChange(aliasName, fromType, toType));
  }
}

function aliasAsRead({ account_id, region, alias_name, revision }: AliasRow) {
  return { key: { account_id, region, alias_name }, revision };
}

function aliasChange(
  row: Pick<AliasRow, 'account_id' | 'region' | 'alias_name' | 'target_key_id'>,
  kind: Change['kind'],
  eventName: string,
): Change {
  return {
    accountId: row.account_id,
    region: row.region,
    resourceType: 'alias',
    resourceId: row.alias_name,
    keyId: row.target_key_id,
    kind,
    eventName,
  };
}

function aliasAudit(arns: readonly string[], accountId: string): NonNullable<Outcome<undefined>['audit']> {
  return { resources: arns.map((arn) => trailResource(accountId, arn)) };
}

export const aliasesFunctions: Implementations<typeof aliasesOperations> = {
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
};
