/**
 * The first step of the pipeline, for all doors: authenticates the caller, by a signature or, for the few operations
 * that need none, by a token of an identity provider.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { AssumeRoleWithWebIdentityRequest } from '@keystead/provider-schema/generated/types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import type { Call, Caller, Door, RawRequest } from '../context/door.ts';
import { checkDate, kmsRules, parseAuthorization, type VerifierRules, verifySignature } from '../sigv4/verify.ts';
import { decodeInput } from '../validation/validate.ts';
import type { Callers } from './callers.ts';
import type { Claimant, FailedAuthentications } from './failed-authentications.ts';
import { forwardedCaller, ON_BEHALF_OF, ON_BEHALF_OF_TOKEN, type TrustedServices } from './forwarding.ts';
import type { WebIdentityCallers } from './web-identity-callers.ts';

export type Authenticate = Door['authenticate'];

/** Headers that decide what a request does; an unsigned one could be changed on the way. */
const DECIDING_HEADERS = ['x-amz-target', 'idempotency-key', 'if-match', ON_BEHALF_OF, ON_BEHALF_OF_TOKEN];

/** How a process finds callers and limits failed attempts. */
export interface Admission {
  readonly callers: Callers;
  readonly webIdentityCallers: WebIdentityCallers;
  readonly failures: FailedAuthentications;
  readonly trustedServices: TrustedServices;
  /** The Regions that are served; absent: all. */
  readonly regions?: ReadonlySet<string>;
}

/** Their requests are about no Region: clients sign those of IAM for us-east-1, wherever they are. */
const GLOBAL_SERVICES = ['iam', 'sts'];

/** @param services to which a signature can be scoped at this door */
export function authenticator(
  { callers, failures, trustedServices, regions }: Admission,
  services: readonly string[],
): Authenticate {
  const served = services.every((service) => GLOBAL_SERVICES.includes(service)) ? undefined : regions;
  const rules: VerifierRules = {
    ...kmsRules,
    services,
    mustBeSigned: DECIDING_HEADERS,
    ...defined({ regions: served }),
  };
  return async (_engines, raw, nowMs) => {
    const signature = parseAuthorization(raw, rules);
    checkDate(signature, nowMs);
    const { accessKeyId, date, region, service } = signature;
    const caller = await metered(failures, { sourceIp: raw.sourceIp, accessKeyId }, nowMs, async () => {
      const known = await callers.find(signature, { date, region, service }, nowMs);
      if (!known) throw new KmsError('UnrecognizedClientException');
      verifySignature(signature, raw, known.signingKey, rules);
      const { principal, authority } = known;
      return { principal, authority, accessKeyId, accountId: principal.accountId, region };
    });
    return forwardedCaller({ callers, trustedServices }, caller, raw, nowMs);
  };
}

/** The door, with its unsigned operations authenticated by an identity token. */
export function admittingWebIdentities(door: Door, admission: Admission): Door {
  return {
    ...door,
    async authenticate(engines, raw, nowMs) {
      const call = unsignedCall(door, raw);
      if (!call) return door.authenticate(engines, raw, nowMs);
      return callerByToken(call, raw, admission, nowMs);
    },
  };
}

/** The door of an operation that only takes identity tokens. */
export function takingWebIdentities(door: Door, { webIdentityCallers, failures }: Admission): Door {
  return {
    ...door,
    authenticate: async (_engines, raw, nowMs) =>
      callerByToken(door.lookUp(raw), raw, { webIdentityCallers, failures }, nowMs),
  };
}

function callerByToken(
  { record, json }: Call,
  { sourceIp }: RawRequest,
  { webIdentityCallers, failures }: Pick<Admission, 'webIdentityCallers' | 'failures'>,
  nowMs: number,
): Promise<Caller> {
  const input = decodeInput(record.name as OperationName, json) as AssumeRoleWithWebIdentityRequest;
  return metered(failures, { sourceIp }, nowMs, () => webIdentityCallers.find(input, nowMs));
}

/**
 * undefined also for a request that cannot be looked up: like any other, it is refused after its signature is verified.
 */
function unsignedCall(door: Door, raw: RawRequest): Call | undefined {
  try {
    const call = door.lookUp(raw);
    return call.record.unsigned ? call : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Failures that do not count against the caller: expired credentials, and an identity provider that does not answer.
 */
const uncounted: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredIdentityTokenException',
  'IDPCommunicationErrorException',
]);

async function metered(
  failures: FailedAuthentications,
  who: Claimant,
  nowMs: number,
  prove: () => Promise<Caller>,
): Promise<Caller> {
  failures.requireRoom(who, nowMs);
  try {
    const caller = await prove();
    failures.proven(who, nowMs);
    return caller;
  } catch (error) {
    if (error instanceof KmsError && !uncounted.has(error.code)) failures.failed(who, nowMs);
    throw error;
  }
}
