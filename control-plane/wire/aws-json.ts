/**
 * The AWS door: AWS JSON 1.1 at `POST /`, operation in `X-Amz-Target: TrentService.<Operation>`.
 * Source: AWS JSON 1.1 protocol; KMS API reference, Common Errors.
 */
import { errorRow, KmsError } from '@keystead/provider-schema/errors.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Answer, Call, Door, RawRequest } from '../door.ts';
import type { Authenticate } from './authenticate.ts';
import { encodeOutput } from './codec.ts';
import { parseJson } from './json.ts';
import { header } from './raw.ts';

const TARGET_PREFIX = 'TrentService.';

export function awsJsonDoor(authenticate: Authenticate): Door {
  return { authenticate, lookUp, encode, encodeError };
}

function lookUp(raw: RawRequest): Call {
  const target = raw.method === 'POST' && raw.rawPath === '/' ? header(raw, 'x-amz-target') : undefined;
  const record = target?.startsWith(TARGET_PREFIX) ? findOperation(target.slice(TARGET_PREFIX.length)) : undefined;
  if (record?.service !== 'kms') throw new KmsError('UnknownOperationException');
  // An absent body is read as {} (kms semantics 1.1).
  return { record, json: raw.body.length === 0 ? {} : parseJson(raw.body) };
}

function encode(record: OperationRecord, output: unknown, requestId: string): Answer {
  const body = record.output === null ? '' : JSON.stringify(encodeOutput(record.name, output));
  return { status: 200, headers: headers(requestId), body };
}

function encodeError(error: KmsError, requestId: string): Answer {
  const row = errorRow(error.code);
  const text =
    row.noMessage || error.message === '' ? {} : { [row.capitalMessage ? 'Message' : 'message']: error.message };
  return {
    status: row.httpStatus,
    headers: { ...headers(requestId), 'x-amzn-ErrorType': error.code },
    body: JSON.stringify({ __type: error.code, ...text }),
  };
}

function headers(requestId: string): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'application/x-amz-json-1.1',
    'x-amzn-RequestId': requestId,
    'Cache-Control': 'no-cache, no-store, must-revalidate, private',
    Pragma: 'no-cache',
    Expires: '0',
  };
}
