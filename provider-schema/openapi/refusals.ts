/**
 * What an operation can refuse with: for each status the codes, all of them. Those that every operation has in common
 * are responses of their own in the document's components.
 */
import { commonRestErrors, type ErrorCode, errorRow, restStatuses } from '../errors.ts';
import type { OperationRecord } from '../records.ts';
import { structureOf } from '../shapes/index.ts';
import { hasIdempotencyParameter, takesIfMatch } from './headers.ts';
import { type Json, ref } from './schemas.ts';

/** Codes by status. */
type Refusals = ReadonlyMap<number, readonly ErrorCode[]>;

/** Of the operations without a signature, which take an identity token. */
const UNAUTHENTICATED = 401;

const names: Readonly<Record<number, string>> = {
  400: 'Malformed',
  401: 'Unauthenticated',
  403: 'Forbidden',
  408: 'TimedOut',
  413: 'TooLarge',
  422: 'Unprocessable',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'Unavailable',
};

const meanings: Readonly<Record<number, string>> = {
  400: 'The request is not of the form that this document describes.',
  401: 'The signature is missing, cannot be read, is not valid, or belongs to credentials that are not known or expired.',
  403: 'The caller is known and not allowed to do this.',
  404: 'Something that the request names does not exist.',
  408: 'The request did not arrive in time.',
  409: 'The state of what the request names does not permit it.',
  412: 'The key has changed since the revision in If-Match.',
  413: 'The request is larger than any operation needs.',
  422: 'The request is well formed, and cannot be done as it says.',
  429: 'The account has used up its rate, or the address had too many failed attempts. Wait and repeat the request.',
  500: 'The service failed. The request can be repeated; a create with the same Idempotency-Key.',
  503: 'The service cannot answer now. Wait and repeat the request.',
};

const everyOperation: readonly ErrorCode[] = [...commonRestErrors, 'KMSInternalException'];
const common: Refusals = byStatus(everyOperation);

/** The refusals of an operation, by status. */
export function refusals(record: OperationRecord): Json {
  const entries = [...refusalsOf(record)].map(([status, codes]) => [status, refusal(status, codes)] as const);
  return Object.fromEntries(entries);
}

/** Every code that the operation can answer, by status. */
export function refusalsOf(record: OperationRecord): Refusals {
  const own: readonly ErrorCode[] = [
    ...record.errors,
    ...byMembers(record),
    ...(hasIdempotencyParameter(record) ? (['IdempotentParameterMismatchException'] as const) : []),
    ...(takesIfMatch(record) ? (['PreconditionFailedException'] as const) : []),
    ...(record.status === 'planned' ? (['UnsupportedOperationException'] as const) : []),
  ];
  const all = [...byStatus([...everyOperation, ...own])];
  return new Map(all.filter(([status]) => !(record.unsigned && status === UNAUTHENTICATED)));
}

/** What AWS's lists of errors leave out for some operations, and what an input with such members can be answered with. */
function byMembers({ service, input, targets }: OperationRecord): readonly ErrorCode[] {
  const { members } = structureOf(input);
  const namesKey = targets.some(({ kind }) => kind === 'key' || kind === 'alias' || kind === 'grant');
  const namesPrincipal = 'PrincipalArn' in members && 'KeyId' in members;
  return [
    ...(namesKey || namesPrincipal ? (['InvalidArnException', 'NotFoundException'] as const) : []),
    ...('GrantTokens' in members ? (['InvalidGrantTokenException'] as const) : []),
    ...('Recipient' in members ? (['UnsupportedOperationException'] as const) : []),
    ...('Marker' in members && service === 'kms' ? (['InvalidMarkerException'] as const) : []),
  ];
}

/** The responses that operations have in common, by the names that `refusals` refers to. */
export function commonResponses(): Json {
  return Object.fromEntries([...common].map(([status, codes]) => [names[status], response(status, codes)]));
}

export const problemSchema: Json = {
  type: 'object',
  description: 'Problem details (RFC 9457); `code` is the error code of the AWS API.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
};

function byStatus(codes: readonly ErrorCode[]): Refusals {
  const found = new Map<number, Set<ErrorCode>>();
  for (const code of codes) {
    for (const status of restStatuses(code)) found.set(status, (found.get(status) ?? new Set()).add(code));
  }
  const sorted = [...found].sort(([one], [other]) => one - other);
  return new Map(sorted.map(([status, each]) => [status, [...each].sort()]));
}

function refusal(status: number, codes: readonly ErrorCode[]): Json {
  const isCommon = common.get(status)?.length === codes.length;
  return isCommon ? { $ref: `#/components/responses/${names[status]}` } : response(status, codes);
}

function response(status: number, codes: readonly ErrorCode[]): Json {
  const lines = codes.map((code) => {
    const { text } = errorRow(code);
    return text === undefined ? `- \`${code}\`` : `- \`${code}\`: ${text}`;
  });
  const schema = { allOf: [{ $ref: ref('Problem') }, { properties: { code: { enum: codes } } }] };
  return {
    description: [meanings[status] ?? '', '', ...lines].join('\n'),
    headers: {
      'x-amzn-RequestId': { $ref: '#/components/headers/RequestId' },
      ...(status === UNAUTHENTICATED && { 'WWW-Authenticate': { $ref: '#/components/headers/Challenge' } }),
    },
    content: { 'application/problem+json': { schema } },
  };
}
