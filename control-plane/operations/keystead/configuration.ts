/** Everything about one key, to compare it with a declaration. The operation is Keystead's own. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { configurationOperations } from '@keystead/provider-schema/operations/keystead/configuration.ts';
import { shownPolicy } from '../../authorization/policy-documents.ts';
import { isProtected } from '../../domain/keys/deletion-protection.ts';
import { keyRevision } from '../../domain/keys/key-metadata.ts';
import { decodeTags, listTags } from '../../domain/keys/tags.ts';
import type { KeysetPage, Page } from '../../storage/port/page.ts';
import { aliasEntry } from '../kms/aliases.ts';
import { grantEntries } from '../kms/grant-lists.ts';
import { describe } from '../kms/keys.ts';
import { rotationStatus } from '../kms/rotation.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';

const ROWS_PER_READ = 1000;

const getKeyConfiguration: Implementation<'GetKeyConfiguration'> = {
  async run(ctx, _input, keys) {
    const key = resolvedKey(keys);
    const { account_id, region, key_id, tags } = key.regional;
    const aliases = await allRows(
      (page) => ctx.store.listAliases(account_id, region, { ...page, keyId: key_id }),
      (row) => row.alias_name,
    );
    const grants = await allRows(
      (page) => ctx.store.listGrants(account_id, region, key_id, page),
      (row) => row.grant_id,
    );
    return {
      output: {
        KeyMetadata: await describe(ctx, key),
        Policy: await shownPolicy(ctx, key.regional),
        Tags: listTags(decodeTags(tags)),
        RotationStatus: rotationStatus(key),
        Aliases: aliases.map(aliasEntry),
        Grants: await grantEntries(ctx, grants),
        DeletionProtection: isProtected(key),
        Revision: keyRevision(key),
      },
    };
  },
};

async function allRows<Row>(
  read: (page: KeysetPage) => Promise<Page<Row>>,
  positionOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const after = last === undefined ? undefined : positionOf(last);
    const page = await read({ limit: ROWS_PER_READ, ...defined({ after }) });
    rows.push(...page.rows);
    if (!page.more) return rows;
  }
}

export const configurationFunctions: Implementations<typeof configurationOperations> = {
  GetKeyConfiguration: getKeyConfiguration,
};
