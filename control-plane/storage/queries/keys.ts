/** Queries over keys. A key is the row of its Region, joined with the row that all its Regions share. */
import type { SelectQueryBuilder } from 'kysely';
import type { KeyReader, StoredKey } from '../port/keys.ts';
import { pageOf } from '../port/page.ts';
import type { KeyRow, KeySetRow } from '../port/tables.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder, Schema } from './schema.ts';

type KeyLookUp = 'findKey' | 'findKeyInAnyAccount';
type DueKeys = 'listKeysDueForRotation' | 'listKeysDueForDeletion';

type SharedColumns = Omit<KeySetRow, 'account_id' | 'key_id' | 'revision'>;
type JoinedRow = KeyRow & SharedColumns & { readonly shared_revision: number };
type Joined = SelectQueryBuilder<Schema, 'keys' | 'key_sets', JoinedRow>;

const keyColumns = [
  'keys.account_id',
  'keys.region',
  'keys.key_id',
  'keys.state',
  'keys.description',
  'keys.policy',
  'keys.policy_principals',
  'keys.tags',
  'keys.created_at_ms',
  'keys.deletion_at_ms',
  'keys.pending_window_in_days',
  'keys.deletion_protected',
  'keys.revision',
] as const;

const sharedColumns = [
  'key_sets.key_spec',
  'key_sets.key_usage',
  'key_sets.origin',
  'key_sets.key_manager',
  'key_sets.multi_region',
  'key_sets.primary_region',
  'key_sets.domain_region',
  'key_sets.current_material_id',
  'key_sets.custom_key_store_id',
  'key_sets.xks_key_id',
  'key_sets.rotation_enabled',
  'key_sets.rotation_period_in_days',
  'key_sets.next_rotation_at_ms',
  'key_sets.on_demand_rotation_count',
  'key_sets.revision as shared_revision',
] as const;

export function keyQueries(db: QueryBuilder, run: RunQuery): KeyReader {
  return { ...keyLookUps(db, run), ...keyLists(db, run), ...dueKeys(db, run) };
}

const joined = (db: QueryBuilder): Joined =>
  db
    .selectFrom('keys')
    .innerJoin('key_sets', (join) =>
      join.onRef('key_sets.account_id', '=', 'keys.account_id').onRef('key_sets.key_id', '=', 'keys.key_id'),
    )
    .select([...keyColumns, ...sharedColumns]);

function keyLookUps(db: QueryBuilder, run: RunQuery): Pick<KeyReader, KeyLookUp> {
  const byId = prepare((key: { accountId: string; region: string; keyId: string }) =>
    joined(db)
      .where('keys.account_id', '=', key.accountId)
      .where('keys.region', '=', key.region)
      .where('keys.key_id', '=', key.keyId),
  );
  const byIdAlone = prepare((key: { region: string; keyId: string }) =>
    joined(db).where('keys.region', '=', key.region).where('keys.key_id', '=', key.keyId),
  );
  return {
    findKey: async (accountId, region, keyId) => storedKey((await run(byId({ accountId, region, keyId })))[0]),
    findKeyInAnyAccount: async (region, keyId) => storedKey((await run(byIdAlone({ region, keyId })))[0]),
  };
}

function keyLists(db: QueryBuilder, run: RunQuery): Omit<KeyReader, KeyLookUp | DueKeys> {
  const related = prepare((key: { accountId: string; keyId: string }) =>
    db
      .selectFrom('keys')
      .selectAll()
      .where('account_id', '=', key.accountId)
      .where('key_id', '=', key.keyId)
      .orderBy('region'),
  );
  const inRegion = prepare((page: { accountId: string; region: string; after: string; rows: number }) =>
    db
      .selectFrom('keys')
      // Only columns of the primary key: the index alone answers the query, without reading the rows.
      .select(['account_id', 'region', 'key_id'])
      .where('account_id', '=', page.accountId)
      .where('region', '=', page.region)
      .where('key_id', '>', page.after)
      .orderBy('key_id')
      .limit(page.rows),
  );
  const count = prepare((of: { accountId: string; region: string; upTo: number }) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('keys')
          .select('key_id')
          .where('account_id', '=', of.accountId)
          .where('region', '=', of.region)
          .limit(of.upTo)
          .as('counted'),
      )
      .select((eb) => eb.fn.countAll<number>().as('count')),
  );
  return {
    listRelatedKeys: (accountId, keyId) => run(related({ accountId, keyId })),
    listKeys: async (accountId, region, { after = '', limit }) =>
      pageOf(await run(inRegion({ accountId, region, after, rows: limit + 1 })), limit),
    countKeys: async (accountId, region, upTo) => (await run(count({ accountId, region, upTo })))[0]?.count ?? 0,
  };
}

function dueKeys(db: QueryBuilder, run: RunQuery): Pick<KeyReader, DueKeys> {
  const dueForRotation = prepare((due: { nowMs: number; limit: number }) =>
    joined(db)
      .where('key_sets.next_rotation_at_ms', '<=', due.nowMs)
      .where('key_sets.rotation_enabled', '=', 1)
      .whereRef('keys.region', '=', 'key_sets.primary_region')
      .where('keys.state', '=', 'Enabled')
      .orderBy('key_sets.next_rotation_at_ms')
      .orderBy('keys.key_id')
      .limit(due.limit),
  );
  const dueForDeletion = prepare((due: { nowMs: number; limit: number }) =>
    joined(db)
      .where('keys.deletion_at_ms', '<=', due.nowMs)
      .where('keys.state', '=', 'PendingDeletion')
      .orderBy('keys.deletion_at_ms')
      .orderBy('keys.key_id')
      .limit(due.limit),
  );
  return {
    listKeysDueForRotation: async (nowMs, limit) => storedKeys(await run(dueForRotation({ nowMs, limit }))),
    listKeysDueForDeletion: async (nowMs, limit) => storedKeys(await run(dueForDeletion({ nowMs, limit }))),
  };
}

function storedKey(row: JoinedRow | undefined): StoredKey | undefined {
  if (!row) return undefined;
  const { account_id, region, key_id, state, description, policy, policy_principals, tags, ...rest } = row;
  const { created_at_ms, deletion_at_ms, pending_window_in_days, deletion_protected, ...others } = rest;
  const { revision, shared_revision, ...shared } = others;
  return {
    shared: { account_id, key_id, ...shared, revision: shared_revision },
    regional: {
      account_id,
      region,
      key_id,
      state,
      description,
      policy,
      policy_principals,
      tags,
      created_at_ms,
      deletion_at_ms,
      pending_window_in_days,
      deletion_protected,
      revision,
    },
  };
}

const storedKeys = (rows: readonly JoinedRow[]): readonly StoredKey[] => rows.flatMap((row) => storedKey(row) ?? []);
