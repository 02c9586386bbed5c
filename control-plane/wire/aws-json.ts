/**
 * The AWS doors of KMS and CloudTrail: AWS JSON 1.1 at `POST /`, operation in `X-Amz-Target: TrentService.<Operation>`
 * or `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.<Operation>`, whose first part older clients leave out.
 * Source: AWS JSON 1.1 protocol; KMS API reference, Common Errors; CloudTrail API's service model.
 */
import { errorRow, KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Authenticate } from '../authentication/authenticate.ts';
import type { Answer, Call, Door, RawRequest } from '../context/door.ts';
import { encodeOutput } from '../validation/codec.ts';
import { parseJson } from './json.ts';
import { header } from './raw.ts';

export type JsonService = 'kms' | 'cloudtrail';

const targetForms: Readonly<Record<JsonService, RegExp>> = {
  kms: /^TrentService\.(.+)$/,
  cloudtrail: /^(?:com\.amazonaws\.cloudtrail\.v20131101\.)?CloudTrail_20131101\.([A-Z][A-Za-z]{2,63})$/,
};

/** The API that a request's target names; KMS if it does not name one. */
export function jsonServiceOf(raw: RawRequest): JsonService {
  return targetForms.cloudtrail.test(header(raw, 'x-amz-target') ?? '') ? 'cloudtrail' : 'kms';
}

/** @param authenticate for signatures scoped to the service */
export function awsJsonDoor(service: JsonService, authenticate: Authenticate): Door {
  return { authenticate, lookUp: (raw) => lookUp(service, raw), encode, encodeError };
}

function lookUp(service: JsonService, raw: RawRequest): Call {
  const target = raw.method === 'POST' && raw.rawPath === '/' ? header(raw, 'x-amz-target') : undefined;
  const operation = targetForms[service].exec(target ?? '')?.[1];
  const record = operation === undefined ? undefined : findOperation(operation);
  // An absent body is read as {} (kms semantics 1.1).
  if (record?.service === service) return { record, json: raw.body.length === 0 ? {} : parseJson(raw.body) };
  if (service === 'cloudtrail' && operation !== undefined) {
    throw new KmsError('UnsupportedOperationException', messages.otherTrailOperation(operation));
  }
  throw new KmsError('UnknownOperationException');
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
