/** Queries over accounts, principals and access keys, idempotency keys and installation facts. */
import type { KnownPrincipal, StoreReader } from '../port/store.ts';
import type { AccessKeyRow, PrincipalRow } from '../port/tables.ts';
import { namePage } from './name-page.ts';
import { pageOf } from './paging.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

type IdentityQueries = Pick<
  StoreReader,
  | 'findAccount'
  | 'listAccounts'
  | 'findPrincipal'
  | 'findPrincipalById'
  | 'findPrincipalNamed'
  | 'listPrincipals'
  | 'countPrincipals'
  | 'listPrincipalsBoundedBy'
  | 'findAccessKey'
  | 'listAccessKeys'
  | 'findAccessKeyUsage'
  | 'listAccessKeyUsages'
  | 'findIdempotent'
  | 'listExpiredIdempotency'
  | 'findMeta'
>;

/** The columns that a principal does not have from its access key's row, under names of their own. */
const joinedColumns = [
  'principals.kind as principal_kind',
  'principals.name as principal_name',
  'principals.name_key as principal_name_key',
  'principals.arn as principal_arn',
  'principals.path as principal_path',
  'principals.description as principal_description',
  'principals.tags as principal_tags',
  'principals.permissions_boundary_arn as principal_permissions_boundary_arn',
  'principals.trust_policy as principal_trust_policy',
  'principals.trust_principals as principal_trust_principals',
  'principals.max_session_duration_in_seconds as principal_max_session_duration_in_seconds',
  'principals.created_at_ms as principal_created_at_ms',
  'principals.revision as principal_revision',
] as const;

export function identityQueries(db: QueryBuilder, run: RunQuery): IdentityQueries {
  const account = prepare((of: { accountId: string }) =>
    db.selectFrom('accounts').selectAll().where('account_id', '=', of.accountId),
  );
  const principal = prepare((of: { arn: string }) => db.selectFrom('principals').selectAll().where('arn', '=', of.arn));
  const principalById = prepare((of: { principalId: string }) =>
    db
      .selectFrom('principals')
      .innerJoin('accounts', 'accounts.account_id', 'principals.account_id')
      .selectAll('principals')
      .select('accounts.revision as identity_revision')
      .where('principals.principal_id', '=', of.principalId),
  );
  const ofKind = (of: { accountId: string; kind: PrincipalRow['kind'] }) =>
    db.selectFrom('principals').where('account_id', '=', of.accountId).where('kind', '=', of.kind);
  const principalNamed = prepare((of: { accountId: string; kind: PrincipalRow['kind']; nameKey: string }) =>
    ofKind(of).selectAll().where('name_key', '=', of.nameKey),
  );
  const principalCount = prepare((of: { accountId: string; kind: PrincipalRow['kind'] }) =>
    ofKind(of).select((eb) => eb.fn.countAll<number>().as('count')),
  );
  const bounded = prepare((of: { accountId: string; policyArn: string }) =>
    db
      .selectFrom('principals')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('permissions_boundary_arn', '=', of.policyArn)
      .orderBy('kind')
      .orderBy('name_key'),
  );
  const accessKey = prepare((of: { accessKeyId: string }) =>
    db
      .selectFrom('access_keys')
      .innerJoin('principals', 'principals.principal_id', 'access_keys.principal_id')
      .innerJoin('accounts', 'accounts.account_id', 'access_keys.account_id')
      .selectAll('access_keys')
      .select(joinedColumns)
      .select('accounts.revision as identity_revision')
      .where('access_keys.access_key_id', '=', of.accessKeyId),
  );
  const accessKeys = prepare((of: { principalId: string }) =>
    db.selectFrom('access_keys').selectAll().where('principal_id', '=', of.principalId).orderBy('access_key_id'),
  );
  const accessKeyUsage = prepare((of: { accessKeyId: string }) =>
    db.selectFrom('access_key_usage').selectAll().where('access_key_id', '=', of.accessKeyId),
  );
  const idempotent = prepare((of: { accountId: string; principalId: string; idempotencyKey: string }) =>
    db
      .selectFrom('idempotency')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('principal_id', '=', of.principalId)
      .where('idempotency_key', '=', of.idempotencyKey),
  );
  const expired = prepare((of: { nowMs: number; limit: number }) =>
    db
      .selectFrom('idempotency')
      .selectAll()
      .where('expires_at_ms', '<=', of.nowMs)
      .orderBy('expires_at_ms')
      .limit(of.limit),
  );
  const meta = prepare((of: { name: string }) => db.selectFrom('meta').selectAll().where('name', '=', of.name));

  return {
    findAccount: async (accountId) => (await run(account({ accountId })))[0],
    listAccounts: async ({ after = '', limit }) => {
      const rows = db.selectFrom('accounts').selectAll().where('account_id', '>', after).orderBy('account_id');
      return pageOf(await run(rows.limit(limit + 1).compile()), limit);
    },
    findPrincipal: async (arn) => (await run(principal({ arn })))[0],
    findPrincipalById: async (principalId) => {
      const row = (await run(principalById({ principalId })))[0];
      if (!row) return undefined;
      const { identity_revision: identityRevision, ...rest } = row;
      return { principal: rest, identityRevision };
    },
    findPrincipalNamed: async (accountId, kind, name) =>
      (await run(principalNamed({ accountId, kind, nameKey: name.toLowerCase() })))[0],
    listPrincipals: async (accountId, kind, page) =>
      pageOf(await run(namePage(ofKind({ accountId, kind }).selectAll(), 'principals', page).compile()), page.limit),
    countPrincipals: async (accountId, kind) => (await run(principalCount({ accountId, kind })))[0]?.count ?? 0,
    listPrincipalsBoundedBy: (accountId, policyArn) => run(bounded({ accountId, policyArn })),
    findAccessKey: async (accessKeyId) => {
      const row = (await run(accessKey({ accessKeyId })))[0];
      return row && withPrincipal(row);
    },
    listAccessKeys: (principalId) => run(accessKeys({ principalId })),
    findAccessKeyUsage: async (accessKeyId) => (await run(accessKeyUsage({ accessKeyId })))[0],
    listAccessKeyUsages: async (accessKeyIds) => {
      if (accessKeyIds.length === 0) return [];
      const ids = [...accessKeyIds];
      const keys = db.selectFrom('access_keys').select('access_key_id').where('access_key_id', 'in', ids);
      const usages = db.selectFrom('access_key_usage').selectAll().where('access_key_id', 'in', ids);
      const known = new Map((await run(usages.compile())).map((row) => [row.access_key_id, row]));
      return (await run(keys.compile())).map(({ access_key_id: accessKeyId }) => {
        const usage = known.get(accessKeyId);
        return { accessKeyId, ...(usage && { known: usage }) };
      });
    },
    findIdempotent: async (accountId, principalId, idempotencyKey) =>
      (await run(idempotent({ accountId, principalId, idempotencyKey })))[0],
    listExpiredIdempotency: (nowMs, limit) => run(expired({ nowMs, limit })),
    findMeta: async (name) => (await run(meta({ name })))[0],
  };
}

type Joined = { readonly [Column in keyof PrincipalRow as `principal_${Column}`]: PrincipalRow[Column] };
type JoinedRow = AccessKeyRow &
  Omit<Joined, `principal_${'account_id' | 'principal_id'}`> & { identity_revision: number };

function withPrincipal(row: JoinedRow): AccessKeyRow & KnownPrincipal {
  const { access_key_id, account_id, principal_id, wrapped_secret, status, created_at_ms, revision } = row;
  return {
    ...{ access_key_id, account_id, principal_id, wrapped_secret, status, created_at_ms, revision },
    principal: {
      principal_id,
      account_id,
      kind: row.principal_kind,
      name: row.principal_name,
      name_key: row.principal_name_key,
      arn: row.principal_arn,
      path: row.principal_path,
      description: row.principal_description,
      tags: row.principal_tags,
      permissions_boundary_arn: row.principal_permissions_boundary_arn,
      trust_policy: row.principal_trust_policy,
      trust_principals: row.principal_trust_principals,
      max_session_duration_in_seconds: row.principal_max_session_duration_in_seconds,
      created_at_ms: row.principal_created_at_ms,
      revision: row.principal_revision,
    },
    identityRevision: row.identity_revision,
  };
}
