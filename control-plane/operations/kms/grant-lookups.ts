/** Finds one grant of a key, and the refusals that operations on grants share. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
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

export function invalidPrincipal(arn: string): KmsError {
  return new KmsError('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`);
}

export const notBoth = (what: string, member: 'GranteePrincipal' | 'RetiringPrincipal') =>
  new KmsError(
    'ValidationException',
    `${what} has ${member} or ${member.replace('Principal', 'ServicePrincipal')}, not both.`,
  );
