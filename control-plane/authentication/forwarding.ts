/**
 * Forwarded access: a configured service calls in its own name, for a resource that it names, or acts for a principal
 * of its account. Then the principal is the caller, with its own permissions and their limits, through the service. The
 * principal proves by its session token that it called the service; root is never acted for.
 * Source: IAM User Guide, "Forward access sessions", "The confused deputy problem"; decision 15 for the headers.
 */
import type { SourceFacts } from '@keystead/policy/authority.ts';
import { isAccountId, parseArn, regionalServiceName } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { serviceIn } from '../authorization/principals.ts';
import type { Caller, RawRequest } from '../context/door.ts';
import type { Callers } from './callers.ts';

/** ARN of the principal that a service acts for. */
export const ON_BEHALF_OF = 'x-keystead-on-behalf-of';
/** Session token of the principal, when it is a session. */
export const ON_BEHALF_OF_TOKEN = 'x-keystead-on-behalf-of-token';
const SOURCE_ARN = 'x-amz-source-arn';
const SOURCE_ACCOUNT = 'x-amz-source-account';
const MAX_ARN_LENGTH = 2048;

/** By `trustedServiceKey`, the operations that a service can call for a principal that does not prove itself. */
export type TrustedServices = ReadonlyMap<string, ReadonlySet<string>>;

export const trustedServiceKey = (accountId: string, service: string): string => `${accountId}/${service}`;

interface Forwarding {
  readonly callers: Pick<Callers, 'behind'>;
  readonly trustedServices: TrustedServices;
}

/**
 * @param caller whose signature was verified
 * @returns the caller to authorize: the same, or the principal that the service acts for
 * @throws KmsError AccessDeniedException, ValidationException
 */
export async function forwardedCaller(
  { callers, trustedServices }: Forwarding,
  caller: Caller,
  { headers }: Pick<RawRequest, 'headers'>,
  nowMs: number,
): Promise<Caller> {
  const sent = (name: string) => headers.find(([header]) => header === name)?.[1].trim();
  const arn = sent(ON_BEHALF_OF);
  const sessionToken = sent(ON_BEHALF_OF_TOKEN);
  const { principal, authority, region } = caller;
  if (arn === undefined && sessionToken !== undefined) {
    throw new KmsError('ValidationException', `${ON_BEHALF_OF_TOKEN} requires ${ON_BEHALF_OF}.`);
  }
  if (principal.kind !== 'aws-service') {
    if (arn === undefined) return caller;
    throw new KmsError(
      'AccessDeniedException',
      `User: ${principal.arn} is not a service and cannot act for another principal.`,
    );
  }
  const source = sourceOf(sent(SOURCE_ARN), sent(SOURCE_ACCOUNT));
  if (arn === undefined) {
    return { ...caller, principal: serviceIn(region, principal), authority: { ...authority, ...defined({ source }) } };
  }
  if (source) {
    throw new KmsError(
      'ValidationException',
      `${SOURCE_ARN} and ${SOURCE_ACCOUNT} cannot be sent with ${ON_BEHALF_OF}.`,
    );
  }
  const { accountId } = principal;
  const unproven = sessionToken === undefined;
  const withoutProof = unproven ? trustedServices.get(trustedServiceKey(accountId, principal.arn)) : undefined;
  const behind =
    unproven && !withoutProof ? undefined : await callers.behind({ arn, ...defined({ sessionToken }) }, nowMs);
  // A service must not find out whether a principal exists in another account.
  if (behind?.principal.accountId !== accountId || behind.principal.kind === 'root') {
    throw new KmsError(
      'AccessDeniedException',
      `Service: ${principal.arn} cannot act for ${arn.slice(0, MAX_ARN_LENGTH)}`,
    );
  }
  // kms:ViaService
  const viaService = regionalServiceName(principal.arn, region);
  return {
    ...caller,
    principal: behind.principal,
    authority: { ...behind.authority, viaService },
    ...defined({ callableWithoutProof: withoutProof }),
  };
}

function sourceOf(arn: string | undefined, accountId: string | undefined): SourceFacts | undefined {
  if (arn === undefined && accountId === undefined) return undefined;
  if (arn !== undefined && (arn.length > MAX_ARN_LENGTH || !parseArn(arn))) {
    throw new KmsError('ValidationException', `${SOURCE_ARN} is not an ARN.`);
  }
  if (accountId !== undefined && !isAccountId(accountId)) {
    throw new KmsError('ValidationException', `${SOURCE_ACCOUNT} is not an account id of 12 digits.`);
  }
  return defined({ arn, accountId });
}
