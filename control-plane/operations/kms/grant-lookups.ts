/** Finds one grant of a key, and the refusals that operations on grants share. */
import { isRegionalServiceName, parsePrincipal } from '@keystead/provider-schema/arn.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { findPrincipalId } from '../../authorization/principal-ids.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import type { GrantRow } from '../../storage/port/tables.ts';

const GRANT_ID = /^[0-9a-f]{64}$/;

export const isGrantId = (text: string): boolean => GRANT_ID.test(text);

/**
 * @param missing the code for a well-formed id of no grant
 * @throws KmsError InvalidGrantIdException, NotFoundException
 */
export async function requireGrant(
  ctx: Context,
  { regional, arn }: ResolvedKey,
  grantId: string,
  missing: UnknownGrantCode = 'InvalidGrantIdException',
): Promise<GrantRow> {
  const { account_id, region, key_id } = regional;
  if (!isGrantId(grantId)) throw unknownGrant(grantId, arn);
  const grant = await ctx.store.findGrant(account_id, region, key_id, grantId);
  if (!grant) throw unknownGrant(grantId, arn, missing);
  return grant;
}

type UnknownGrantCode = 'InvalidGrantIdException' | 'NotFoundException';

export function unknownGrant(
  grantId: string,
  arn: string,
  code: UnknownGrantCode = 'InvalidGrantIdException',
): KmsError {
  return new KmsError(code, `Grant '${grantId}' does not exist on ${arn}`);
}

/**
 * The id by which a grant recognises the principal; undefined: it does not exist, or cannot be named so. Whether one of
 * another account exists is not told (`findPrincipalId`).
 */
export async function findGrantPrincipalId(ctx: Context, arn: string): Promise<string | undefined> {
  if (isRegionalServiceName(arn)) return arn;
  const principal = arn.startsWith('arn:') ? parsePrincipal(arn) : undefined;
  return principal && findPrincipalId(ctx, principal);
}

export function invalidPrincipal(arn: string): KmsError {
  return new KmsError('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`);
}

export const notBoth = (what: string, member: 'GranteePrincipal' | 'RetiringPrincipal') =>
  new KmsError(
    'ValidationException',
    `${what} has ${member} or ${member.replace('Principal', 'ServicePrincipal')}, not both.`,
  );
