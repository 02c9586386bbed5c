/** All reads of the port, given a function that runs queries. */
import type { StoreReader } from '../port/store.ts';
import { aliasQueries } from './aliases.ts';
import { arrangementQueries } from './audit/arrange.ts';
import { checkpointQueries } from './audit/checkpoints.ts';
import { auditQueries } from './audit/log.ts';
import { rowIndexQueries } from './audit/row-index.ts';
import { segmentIndexQueries } from './audit/segment-index.ts';
import { changeQueries } from './changes.ts';
import { customKeyStoreQueries } from './custom-key-stores.ts';
import { driftReportQueries } from './drift-reports.ts';
import { grantQueries } from './grants.ts';
import { idempotencyQueries } from './idempotency.ts';
import { accountQueries } from './identities/accounts.ts';
import { groupQueries } from './identities/groups.ts';
import { managedPolicyQueries } from './identities/managed-policies.ts';
import { oidcProviderQueries } from './identities/oidc-providers.ts';
import { policyAttachmentQueries } from './identities/policy-attachments.ts';
import { principalQueries } from './identities/principals.ts';
import { tokenUseQueries } from './identities/token-uses.ts';
import { installationQueries } from './installation.ts';
import { keyMaterialQueries } from './key-materials.ts';
import { keyQueries } from './keys.ts';
import type { RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';
import { usageQueries } from './usage.ts';
import { wrappedSecretQueries } from './wrapped-secrets.ts';

export function createReader(db: QueryBuilder, run: RunQuery): StoreReader {
  return {
    ...keyQueries(db, run),
    ...keyMaterialQueries(db, run),
    ...usageQueries(db, run),
    ...customKeyStoreQueries(db, run),
    ...aliasQueries(db, run),
    ...grantQueries(db, run),
    ...accountQueries(db, run),
    ...principalQueries(db, run),
    ...groupQueries(db, run),
    ...managedPolicyQueries(db, run),
    ...policyAttachmentQueries(db, run),
    ...oidcProviderQueries(db, run),
    ...tokenUseQueries(db, run),
    ...idempotencyQueries(db, run),
    ...installationQueries(db, run),
    ...wrappedSecretQueries(db, run),
    ...changeQueries(db, run),
    ...driftReportQueries(db, run),
    ...auditQueries(db, run),
    ...rowIndexQueries(db, run),
    ...segmentIndexQueries(db, run),
    ...arrangementQueries(db, run),
    ...checkpointQueries(db, run),
  };
}
