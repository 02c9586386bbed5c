/** All reads over one way to run a query. */
import type { StoreReader } from '../port/store.ts';
import { aliasQueries } from './aliases.ts';
import { checkpointQueries } from './audit-checkpoints.ts';
import { auditQueries } from './audit-log.ts';
import { changeQueries } from './changes.ts';
import { customKeyStoreQueries } from './custom-key-stores.ts';
import { grantQueries } from './grants.ts';
import { policyQueries } from './iam-policies.ts';
import { identityQueries } from './identities.ts';
import { keyQueries } from './keys.ts';
import type { RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';
import { usageQueries } from './usage.ts';

export function createReader(db: QueryBuilder, run: RunQuery): StoreReader {
  return {
    ...keyQueries(db, run),
    ...customKeyStoreQueries(db, run),
    ...aliasQueries(db, run),
    ...grantQueries(db, run),
    ...identityQueries(db, run),
    ...policyQueries(db, run),
    ...changeQueries(db, run),
    ...auditQueries(db, run),
    ...checkpointQueries(db, run),
    ...usageQueries(db, run),
  };
}
