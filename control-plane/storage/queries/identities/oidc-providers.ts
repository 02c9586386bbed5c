/** Queries over OpenID Connect providers. */
import type { OidcProviderReader } from '../../port/identities/oidc-providers.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

export function oidcProviderQueries(db: QueryBuilder, run: RunQuery): OidcProviderReader {
  const byArn = prepare((of: { arn: string }) => db.selectFrom('oidc_providers').selectAll().where('arn', '=', of.arn));
  const inAccount = prepare((of: { accountId: string }) =>
    db.selectFrom('oidc_providers').selectAll().where('account_id', '=', of.accountId).orderBy('url'),
  );
  return {
    findOidcProvider: async (arn) => (await run(byArn({ arn })))[0],
    listOidcProviders: (accountId) => run(inAccount({ accountId })),
  };
}
