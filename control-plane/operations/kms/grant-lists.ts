/** Lists grants. Source: AWS KMS API reference, ListGrants, ListRetirableGrants, GrantListEntry. */
import { isRegionalServiceName, isServiceName, keyArn, parsePrincipal } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { GrantListEntry } from '@keystead/provider-schema/generated/types.ts';
import { currentArnOf, findPrincipalId } from '../../authorization/principal-ids.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { decodeGrantConstraints, decodeGrantOperations } from '../../domain/keys/grants.ts';
import type { Page } from '../../storage/port/page.ts';
import type { GrantRow } from '../../storage/port/tables.ts';
import { type Implementation, type Input, resolvedKey } from '../shared/implementation.ts';
import { listPage } from '../shared/paging.ts';
import { invalidPrincipal, notBoth, requireGrant } from './grant-lookups.ts';

export const listGrants: Implementation<'ListGrants'> = {
  check(ctx, { GranteePrincipal, GranteeServicePrincipal }) {
    if (GranteeServicePrincipal === undefined) return;
    requireService(ctx, 'GranteeServicePrincipal');
    if (GranteePrincipal !== undefined) throw notBoth('A list of grants', 'GranteePrincipal');
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const { account_id, region, key_id } = key.regional;
    const wanted = input.GranteePrincipal ?? input.GranteeServicePrincipal;
    const filters = [wanted ?? '', input.GrantId ?? ''];
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListGrants', of: [account_id, key_id, ...filters].join(' '), input },
      (page) => {
        if (input.GrantId !== undefined) return oneGrant(ctx, key, input.GrantId, wanted);
        const grantee = defined({ granteePrincipal: wanted });
        return ctx.store.listGrants(account_id, region, key_id, { ...page, ...grantee });
      },
      (row) => row.grant_id,
    );
    return { output: { Grants: await grantEntries(ctx, rows), ...paging } };
  },
};

export const listRetirableGrants: Implementation<'ListRetirableGrants'> = {
  check(ctx, { RetiringPrincipal, RetiringServicePrincipal }) {
    if (RetiringServicePrincipal !== undefined) {
      requireService(ctx, 'RetiringServicePrincipal');
      if (RetiringPrincipal !== undefined) throw notBoth('A list of retirable grants', 'RetiringPrincipal');
      return;
    }
    if (RetiringPrincipal === undefined) throw new KmsError('ValidationException', messages.retiringRequired);
    const principal = parsePrincipal(RetiringPrincipal);
    if (!principal || principal.kind === 'unique-id') throw invalidPrincipal(RetiringPrincipal);
    if (principal.accountId === ctx.accountId) return;
    throw notAllowed(ctx, 'kms:ListRetirableGrants', RetiringPrincipal);
  },
  async run(ctx, input) {
    const { of, retiringId, onKeysOf } = await retiringQuery(ctx, input);
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListRetirableGrants', of, input },
      (page) => ctx.store.listRetirableGrants(ctx.region, retiringId, { ...page, ...defined({ onKeysOf }) }),
      (row) => row.grant_id,
    );
    return { output: { Grants: await grantEntries(ctx, rows), ...paging } };
  },
};

async function oneGrant(ctx: Context, key: ResolvedKey, grantId: string, grantee?: string): Promise<Page<GrantRow>> {
  const grant = await requireGrant(ctx, key, grantId);
  const rows = grantee === undefined || grant.grantee_principal === grantee ? [grant] : [];
  return { rows, more: false };
}

interface RetiringQuery {
  /** What is listed, for the marker. */
  readonly of: string;
  readonly retiringId: string;
  /** The account whose keys are listed; absent: every account's. */
  readonly onKeysOf?: string;
}

async function retiringQuery(ctx: Context, input: Input<'ListRetirableGrants'>): Promise<RetiringQuery> {
  const { RetiringPrincipal: arn = '', RetiringServicePrincipal: service } = input;
  // In another account other people register services, under the same names.
  if (service !== undefined) return { of: service, retiringId: service, onKeysOf: ctx.accountId };
  const principal = parsePrincipal(arn);
  // A principal that does not exist retires nothing, even if grants name an earlier principal with the same ARN.
  return { of: arn, retiringId: (principal && (await findPrincipalId(ctx, principal))) ?? '' };
}

/** @throws KmsError ValidationException unless the caller is a service, for itself. */
function requireService({ principal }: Context, member: string): void {
  if (principal.kind === 'aws-service') return;
  throw new KmsError('ValidationException', `${member} can only be used by a service principal.`);
}

function notAllowed(ctx: Context, action: string, arn: string): KmsError {
  const reason = { kind: 'no-allow', policyType: 'identity-based policy' } as const;
  return new KmsError('AccessDeniedException', messages.accessDenied(ctx.principal.arn, action, arn, reason));
}

/** Grants as answers show them: a deleted principal by its unique id. */
export async function grantEntries(ctx: Context, rows: readonly GrantRow[]): Promise<readonly GrantListEntry[]> {
  const names = new Map<string, string>();
  const learn = async (id: string, arn: string) => {
    if (!names.has(id)) names.set(id, await currentArnOf(ctx, id, arn));
  };
  for (const row of rows) {
    await learn(row.grantee_id, row.grantee_principal);
    if (row.retiring_id !== null && row.retiring_principal !== null)
      await learn(row.retiring_id, row.retiring_principal);
  }
  return rows.map((row) => grantEntry(row, names));
}

function grantEntry(row: GrantRow, names: ReadonlyMap<string, string>): GrantListEntry {
  const grantee = names.get(row.grantee_id) ?? row.grantee_principal;
  const retiring = row.retiring_id === null ? undefined : (names.get(row.retiring_id) ?? row.retiring_principal ?? '');
  const Constraints = row.constraints === null ? undefined : decodeGrantConstraints(row.constraints);
  // Only a grant with a source comes from GranteeServicePrincipal; the others name a service as it is called in a Region.
  const isServiceMember = (name: string) =>
    isServiceName(name) && (Constraints?.SourceArn !== undefined || !isRegionalServiceName(name));
  return {
    KeyId: keyArn(row.region, row.account_id, row.key_id),
    GrantId: row.grant_id,
    Name: row.name,
    CreationDate: new Date(row.created_at_ms),
    ...(isServiceMember(grantee) ? { GranteeServicePrincipal: grantee } : { GranteePrincipal: grantee }),
    ...(retiring !== undefined &&
      (isServiceMember(retiring) ? { RetiringServicePrincipal: retiring } : { RetiringPrincipal: retiring })),
    IssuingAccount: row.issuing_account,
    Operations: decodeGrantOperations(row.operations),
    ...defined({ Constraints }),
  };
}
