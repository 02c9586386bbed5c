/** Step one of the pipeline, for both doors: the signature proves who asks. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Callers } from '../callers.ts';
import type { Door } from '../door.ts';
import { checkDate, kmsRules, parseAuthorization, type VerifierRules, verifySignature } from './sigv4.ts';

export type Authenticate = Door['authenticate'];

/** Headers that decide what a request does; unsigned, they could be changed on the way. */
const DECIDING_HEADERS = ['x-amz-target', 'idempotency-key', 'if-match'];

/** @param services that a signature may be scoped to at this door */
export function authenticator(callers: Callers, services: readonly string[]): Authenticate {
  const rules: VerifierRules = { ...kmsRules, services, mustBeSigned: DECIDING_HEADERS };
  return async (_engines, raw, nowMs) => {
    const signature = parseAuthorization(raw, rules);
    checkDate(signature, nowMs);
    const { accessKeyId, date, region, service } = signature;
    const known = await callers.find(signature, { date, region, service }, nowMs);
    if (!known) throw new KmsError('UnrecognizedClientException');
    verifySignature(signature, raw, known.signingKey, rules);
    const { principal, authority } = known;
    return { principal, authority, accessKeyId, accountId: principal.accountId, region };
  };
}
