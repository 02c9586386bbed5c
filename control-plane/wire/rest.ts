/**
 * The REST door under /v1: the same operations by method and path, errors as problem details (RFC 9457).
 * `Idempotency-Key` makes creates safe to repeat, `If-Match` makes changes conditional. Signed with SigV4 like the AWS
 * doors.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, restStatus } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';
import type { Authenticate } from '../authentication/authenticate.ts';
import type { Answer, Call, Door, RawRequest } from '../context/door.ts';
import { encodeOutput } from '../validation/codec.ts';
import { parseJson } from './json.ts';
import { header } from './raw.ts';

const MAX_IDEMPOTENCY_KEY_CHARS = 255;

/** The door of one route; `pathParameters` are the decoded members of its path. */
export function restDoor(
  authenticate: Authenticate,
  record: OperationRecord,
  pathParameters: Readonly<Record<string, string>>,
): Door {
  return { authenticate, lookUp: (raw) => lookUp(raw, record, pathParameters), encode, encodeError };
}

function lookUp(raw: RawRequest, record: OperationRecord, pathParameters: Readonly<Record<string, string>>): Call {
  const takesBody = record.rest.method !== 'GET' && record.rest.method !== 'DELETE';
  const members = takesBody ? (raw.body.length === 0 ? {} : parseJson(raw.body)) : fromQuery(raw.rawQuery, record);
  const idempotencyKey = header(raw, 'idempotency-key');
  if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > MAX_IDEMPOTENCY_KEY_CHARS)) {
    throw new KmsError(
      'ValidationException',
      `Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY_CHARS} characters.`,
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

/** Turns the query into members of the contract's types: numbers and booleans from text, lists from repeated names. */
function fromQuery(rawQuery: string, record: OperationRecord): Record<string, unknown> {
  const query = new URLSearchParams(rawQuery);
  const members: Record<string, unknown> = {};
  for (const [name, shapeName] of Object.entries(structureOf(record.input).members)) {
    const values = query.getAll(name);
    const first = values[0];
    if (first === undefined) continue;
    const shape = shapeOf(shapeName);
    if (shape.type !== 'list' && values.length > 1) {
      throw new KmsError('ValidationException', `The query parameter ${name} must not appear more than once.`);
    }
    members[name] = shape.type === 'list' ? values : scalar(first, shape.type);
  }
  return members;
}

/** Text that does not fit the type stays text, and the validator refuses it. */
function scalar(text: string, type: Shape['type']): unknown {
  if (type === 'integer' || type === 'timestamp') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** `If-Match: "7"`; the quotes of an entity tag (RFC 9110 section 8.8.3) can be left out. */
function parseIfMatch(value: string | undefined): number | undefined {
  if (value === undefined || value === '*') return undefined;
  const revision = /^"?(\d{1,15})"?$/.exec(value)?.[1];
  if (revision === undefined) {
    throw new KmsError('ValidationException', 'If-Match must hold one revision as returned in ETag, or *.');
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
  const status = restStatus(error.code);
  return {
    status,
    headers: { ...common(requestId), 'Content-Type': 'application/problem+json' },
    body: JSON.stringify({
      type: 'about:blank',
      title: error.code,
      status,
      ...(error.message !== '' && { detail: error.message }),
      code: error.code,
      requestId,
    }),
  };
}

function common(requestId: string): Readonly<Record<string, string>> {
  return { 'x-amzn-RequestId': requestId, 'Cache-Control': 'no-store' };
}
