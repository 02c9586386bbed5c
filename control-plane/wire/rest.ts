/**
 * The REST door under /v1: the same operations by method and path, errors as problem details (RFC 9457).
 * `Idempotency-Key` makes creates safe to repeat, `If-Match` makes changes conditional. Signed with SigV4 like the AWS
 * doors.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type KmsError, MalformedRequest, restStatus } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { idempotencyKeyPattern, ifMatchPattern } from '@keystead/provider-schema/rest.ts';
import type { Authenticate } from '../authentication/authenticate.ts';
import type { Answer, Call, Door, RawRequest } from '../context/door.ts';
import { encodeOutput } from '../validation/codec.ts';
import { header } from './raw.ts';
import { membersOf } from './rest-input.ts';

/** The scheme that the caller must use (RFC 9110 section 11.6.1). */
const CHALLENGE = 'AWS4-HMAC-SHA256 realm="Keystead", service="kms"';
const IF_MATCH = new RegExp(ifMatchPattern);
const IDEMPOTENCY_KEY = new RegExp(idempotencyKeyPattern);

/** The door of one route; `pathParameters` are the decoded members of its path. */
export function restDoor(
  authenticate: Authenticate,
  record: OperationRecord,
  pathParameters: Readonly<Record<string, string>>,
): Door {
  return { authenticate, lookUp: (raw) => lookUp(raw, record, pathParameters), encode, encodeError };
}

function lookUp(raw: RawRequest, record: OperationRecord, pathParameters: Readonly<Record<string, string>>): Call {
  const members = membersOf(raw, record);
  const idempotencyKey = header(raw, 'idempotency-key');
  if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
    throw new MalformedRequest(
      `Idempotency-Key must have 1 to ${limits.idempotencyKeyLength} visible ASCII characters.`,
    );
  }
  const ifMatchRevision = parseIfMatch(header(raw, 'if-match'));
  return {
    record,
    json: { ...members, ...pathParameters },
    ...(idempotencyKey !== undefined && record.effect === 'write' && { idempotencyKey }),
    ...defined({ ifMatchRevision }),
  };
}

/** `If-Match: "7"`; the quotes of an entity tag (RFC 9110 section 8.8.3) can be left out. */
function parseIfMatch(value: string | undefined): number | undefined {
  if (value === undefined || value === '*') return undefined;
  const revision = IF_MATCH.test(value) ? /\d+/.exec(value)?.[0] : undefined;
  if (revision === undefined) {
    throw new MalformedRequest('If-Match must hold one revision as returned in ETag, or *.');
  }
  return Number(revision);
}

function encode(record: OperationRecord, output: unknown, requestId: string): Answer {
  const json = encodeOutput(record.name, output ?? {}) as { readonly Revision?: number };
  const empty = record.output === null || record.rest.successStatus === 204;
  return {
    status: record.rest.successStatus,
    headers: {
      ...common(requestId),
      ...(!empty && { 'Content-Type': 'application/json' }),
      ...(json.Revision !== undefined && { ETag: `"${json.Revision}"` }),
    },
    body: empty ? '' : JSON.stringify(json),
  };
}

function encodeError(error: KmsError, requestId: string): Answer {
  return problem(error, requestId, error instanceof MalformedRequest ? 400 : restStatus(error.code));
}

/** Problem details (RFC 9457). @param more headers beside the common ones */
export function problem(
  error: KmsError,
  requestId: string,
  status: number,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const body = {
    type: 'about:blank',
    title: error.code,
    status,
    ...(error.message !== '' && { detail: error.message }),
    code: error.code,
    requestId,
  };
  return {
    status,
    headers: {
      ...common(requestId),
      ...(status === 401 && { 'WWW-Authenticate': CHALLENGE }),
      ...more,
      'Content-Type': 'application/problem+json',
    },
    body: JSON.stringify(body),
  };
}

/** The door that answers a request under /v1 which has no operation, or could not be read. */
export const restErrors: Pick<Door, 'encodeError'> = { encodeError };

function common(requestId: string): Readonly<Record<string, string>> {
  return { 'x-amzn-RequestId': requestId, 'Cache-Control': 'no-store' };
}
