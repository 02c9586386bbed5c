/** Data source `aws_iam_account_alias`. An account has at most one alias; without one the read fails, as upstream's. */
import { awsIamAccountAliasData as record } from '@keystead/provider-schema/data-sources/aws-iam-account-alias.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { regionOf } from '../resources/shared/region.ts';

export const awsIamAccountAliasData: DataSourceType<Client> = {
  record,

  async read(client) {
    const { AccountAliases } = await attempt('reading the account alias', undefined, () =>
      client.read('ListAccountAliases', {}, regionOf(client, {})),
    );
    const [alias] = AccountAliases;
    if (alias === undefined) {
      const detail = 'The account has no alias. Give it one with `aws iam create-account-alias`.';
      throw new DiagnosticError([{ severity: 'error', summary: 'reading the account alias', detail }]);
    }
    return { account_alias: alias, id: alias };
  },
};
