/** Headers of requests and answers at the REST door, and which operations take them. */

import { limits } from '../limits.ts';
import type { OperationRecord } from '../records.ts';
import { idempotencyKeyPattern, ifMatchPattern } from '../rest.ts';
import { holdsSecret } from '../shapes/index.ts';
import type { Json } from './schemas.ts';

/** Writes, which can be repeated with the same key without a second effect; not those that return a secret. */
export function hasIdempotencyParameter(record: OperationRecord): boolean {
  return record.effect === 'write' && (record.output === null || !holdsSecret(record.output));
}

/** Changes of a key, which can be made conditional on the revision that was read. */
export function takesIfMatch(record: OperationRecord): boolean {
  return record.effect === 'write' && record.targets.some((target) => target.kind === 'key');
}

export const headerParameters: Json = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'The same request with the same key within a day gets the first answer again and does not change anything.',
    schema: { type: 'string', minLength: 1, maxLength: limits.idempotencyKeyLength, pattern: idempotencyKeyPattern },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'Revision of the key that the change relies on; 412 when the key has changed since.',
    schema: { type: 'string', pattern: ifMatchPattern },
  },
};

export const answerHeaders: Json = {
  RequestId: { description: 'The id of the request, as in the audit log.', schema: { type: 'string' } },
  Challenge: {
    description: 'How requests are signed: AWS Signature Version 4.',
    schema: { type: 'string', pattern: '^AWS4-HMAC-SHA256( |$)' },
  },
  Revision: { description: 'Revision of the key, for If-Match.', schema: { type: 'string' } },
};
