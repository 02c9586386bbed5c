/** Queries over principals and their access keys. */
import type { KnownPrincipal, PrincipalReader } from '../../port/identities/principals.ts';
import { pageOf } from '../../port/page.ts';
import type { AccessKeyRow, PrincipalRow } from '../../port/tables.ts';
import { namePage } from '../name-page.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

type AccessKeyQuery = 'findAccessKey' | 'listAccessKeys';

export function principalQueries(db: QueryBuilder, run: RunQuery): PrincipalReader {
  return { ...principals(db, run), ...accessKeys(db, run) };
}

interface OfKind {
  readonly accountId: string;
  readonly kind: PrincipalRow['kind'];
}

function principals(db: QueryBuilder, run: RunQuery): Omit<PrincipalReader, AccessKeyQuery> {
  const byArn = prepare((of: { arn: string }) => db.selectFrom('principals').selectAll().where('arn', '=', of.arn));
  const byId = prepare((of: { principalId: string }) =>
    db
      .selectFrom('principals')
      .innerJoin('accounts', 'accounts.account_id', 'principals.account_id')
      .selectAll('principals')
      .select('accounts.revision as identity_revision')
      .where('principals.principal_id', '=', of.principalId),
  );
  const ofKind = (of: OfKind) =>
    db.selectFrom('principals').where('account_id', '=', of.accountId).where('kind', '=', of.kind);
  const named = prepare((of: OfKind & { nameKey: string }) =>
    ofKind(of).selectAll().where('name_key', '=', of.nameKey),
  );
  const count = prepare((of: OfKind) => ofKind(of).select((eb) => eb.fn.countAll<number>().as('count')));

  return {
    findPrincipal: async (arn) => (await run(byArn({ arn })))[0],
    findPrincipalById: async (principalId) => {
      const row = (await run(byId({ principalId })))[0];
      if (!row) return undefined;
      const { identity_revision: identityRevision, ...principal } = row;
      return { principal, identityRevision };
    },
    findPrincipalNamed: async (accountId, kind, name) =>
      (await run(named({ accountId, kind, nameKey: name.toLowerCase() })))[0],
    listPrincipals: async (accountId, kind, page) =>
      pageOf(await run(namePage(ofKind({ accountId, kind }).selectAll(), 'principals', page).compile()), page.limit),
    countPrincipals: async (accountId, kind) => (await run(count({ accountId, kind })))[0]?.count ?? 0,
  };
}

/** The columns of the principal that the access key's row does not have, with names of their own. */
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

function accessKeys(db: QueryBuilder, run: RunQuery): Pick<PrincipalReader, AccessKeyQuery> {
  const byId = prepare((of: { accessKeyId: string }) =>
    db
      .selectFrom('access_keys')
      .innerJoin('principals', 'principals.principal_id', 'access_keys.principal_id')
      .innerJoin('accounts', 'accounts.account_id', 'access_keys.account_id')
      .selectAll('access_keys')
      .select(joinedColumns)
      .select('accounts.revision as identity_revision')
      .where('access_keys.access_key_id', '=', of.accessKeyId),
  );
  const ofPrincipal = prepare((of: { principalId: string }) =>
    db.selectFrom('access_keys').selectAll().where('principal_id', '=', of.principalId).orderBy('access_key_id'),
  );
  return {
    findAccessKey: async (accessKeyId) => {
      const row = (await run(byId({ accessKeyId })))[0];
      return row && withPrincipal(row);
    },
    listAccessKeys: (principalId) => run(ofPrincipal({ principalId })),
  };
}

type Joined = { readonly [Column in keyof PrincipalRow as `principal_${Column}`]: PrincipalRow[Column] };
type JoinedRow = AccessKeyRow &
  Omit<Joined, `principal_${'account_id' | 'principal_id'}`> & { identity_revision: number };

function withPrincipal(row: JoinedRow): AccessKeyRow & KnownPrincipal {
  const { access_key_id, account_id, principal_id, wrapped_secret, status, created_at_ms, revision } = row;
  return {
    access_key_id,
    account_id,
    principal_id,
    wrapped_secret,
    status,
    created_at_ms,
    revision,
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
