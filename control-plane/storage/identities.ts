/** Queries over principals, access keys, idempotency keys and installation facts. */
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';
import type { StoreReader } from './store.ts';
import type { AccessKeyRow, PrincipalRow } from './tables.ts';

type IdentityQueries = Pick<
  StoreReader,
  | 'findPrincipal'
  | 'listPrincipals'
  | 'findAccessKey'
  | 'listAccessKeys'
  | 'findIdempotent'
  | 'listExpiredIdempotency'
  | 'findMeta'
>;

export function identityQueries(db: QueryBuilder, run: RunQuery): IdentityQueries {
  const principal = prepare((of: { arn: string }) => db.selectFrom('principals').selectAll().where('arn', '=', of.arn));
  const principals = prepare((of: { accountId: string }) =>
    db.selectFrom('principals').selectAll().where('account_id', '=', of.accountId).orderBy('kind').orderBy('name'),
  );
  const accessKey = prepare((of: { accessKeyId: string }) =>
    db
      .selectFrom('access_keys')
      .innerJoin('principals', 'principals.arn', 'access_keys.principal_arn')
      .selectAll('access_keys')
      .select([
        'principals.account_id as principal_account_id',
        'principals.kind as principal_kind',
        'principals.name as principal_name',
        'principals.principal_id',
        'principals.created_at_ms as principal_created_at_ms',
        'principals.revision as principal_revision',
      ])
      .where('access_keys.access_key_id', '=', of.accessKeyId),
  );
  const accessKeys = prepare((of: { principalArn: string }) =>
    db.selectFrom('access_keys').selectAll().where('principal_arn', '=', of.principalArn).orderBy('access_key_id'),
  );
  const idempotent = prepare((of: { accountId: string; principalArn: string; idempotencyKey: string }) =>
    db
      .selectFrom('idempotency')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('principal_arn', '=', of.principalArn)
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
    findPrincipal: async (arn) => (await run(principal({ arn })))[0],
    listPrincipals: (accountId) => run(principals({ accountId })),
    findAccessKey: async (accessKeyId) => {
      const row = (await run(accessKey({ accessKeyId })))[0];
      return row && withPrincipal(row);
    },
    listAccessKeys: (principalArn) => run(accessKeys({ principalArn })),
    findIdempotent: async (accountId, principalArn, idempotencyKey) =>
      (await run(idempotent({ accountId, principalArn, idempotencyKey })))[0],
    listExpiredIdempotency: (nowMs, limit) => run(expired({ nowMs, limit })),
    findMeta: async (name) => (await run(meta({ name })))[0],
  };
}

type JoinedRow = AccessKeyRow & {
  readonly principal_account_id: string;
  readonly principal_kind: PrincipalRow['kind'];
  readonly principal_name: string;
  readonly principal_id: string;
  readonly principal_created_at_ms: number;
  readonly principal_revision: number;
};

function withPrincipal(row: JoinedRow): AccessKeyRow & { readonly principal: PrincipalRow } {
  const { principal_account_id, principal_kind, principal_name, principal_id, ...rest } = row;
  const { principal_created_at_ms, principal_revision, ...accessKey } = rest;
  return {
    ...accessKey,
    principal: {
      account_id: principal_account_id,
      kind: principal_kind,
      name: principal_name,
      arn: accessKey.principal_arn,
      principal_id,
      created_at_ms: principal_created_at_ms,
      revision: principal_revision,
    },
  };
}
