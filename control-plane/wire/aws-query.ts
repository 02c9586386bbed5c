/**
 * The doors of IAM and STS: the AWS Query protocol at `POST /` with a form, or `GET /?Action=…`, and answers in XML.
 * The request's Version selects one of the two APIs; the signature must be for that service.
 * Sources: IAM API reference and STS API reference, "Making query requests", "Common errors"; AWS Query protocol
 * (Smithy 2.0).
 */
import { KmsError, queryError } from '@keystead/provider-schema/errors.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Authenticate } from '../authentication/authenticate.ts';
import type { Answer, Call, Door, RawRequest } from '../context/door.ts';
import { formMembers, parseForm, type QueryForm } from './query-form.ts';
import { header } from './raw.ts';
import { element, escapeXml, xmlOf } from './xml.ts';

export interface QueryApi {
  readonly service: 'iam' | 'sts';
  readonly version: string;
  readonly namespace: string;
}

export const queryApis = {
  iam: { service: 'iam', version: '2010-05-08', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
  sts: { service: 'sts', version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
} as const satisfies Readonly<Record<QueryApi['service'], QueryApi>>;

const FORM = 'application/x-www-form-urlencoded';

/** Whether a request, before its body is read, speaks the Query protocol: it is a form, or its URL names an Action. */
export function speaksQuery(method: string | undefined, target: string, contentType: string | undefined): boolean {
  const [path, query = ''] = target.split('?', 2);
  if (path !== '/') return false;
  if (method === 'POST') return contentType?.split(';')[0]?.trim().toLowerCase() === FORM;
  return method === 'GET' && /(^|&)Action=/.test(query);
}

/** The API that a request is for: by its Version or, without one, by the scope of its signature. */
export function queryApiOf(raw: RawRequest): QueryApi {
  const version = /(?:^|&)Version=([0-9-]+)(?:&|$)/.exec(parametersText(raw))?.[1];
  const { iam, sts } = queryApis;
  if (version !== undefined) return version === sts.version ? sts : iam;
  return scopedTo(raw, 'sts') ? sts : iam;
}

function scopedTo(raw: RawRequest, service: string): boolean {
  const credential = `${header(raw, 'authorization') ?? ''} ${raw.rawQuery.replaceAll(/%2f/gi, '/')}`;
  return credential.includes(`/${service}/aws4_request`);
}

/** @param authenticate for signatures scoped to the API's service */
export function awsQueryDoor(api: QueryApi, authenticate: Authenticate): Door {
  return {
    authenticate,
    lookUp: (raw) => lookUp(api, raw),
    encode: (record, output, requestId) => encode(api, record, output, requestId),
    encodeError: (error, requestId) => encodeError(api, error, requestId),
  };
}

/** The operation that a request's Action names. @throws KmsError MissingAction, InvalidAction, MalformedQueryString */
export function findQueryOperation(api: QueryApi, form: QueryForm): OperationRecord {
  const action = form.get('Action') ?? '';
  if (action === '') throw new KmsError('MissingAction', 'The request must contain the parameter Action.');
  const version = form.get('Version') ?? 'NO_VERSION_SPECIFIED';
  const record = version === api.version ? findOperation(action) : undefined;
  if (record?.service === api.service) return record;
  throw new KmsError(
    'InvalidAction',
    `Could not find operation ${action.slice(0, 128)} for version ${version.slice(0, 32)}. ` +
      `Keystead serves the part of ${api.service.toUpperCase()} that users of keys need.`,
  );
}

function lookUp(api: QueryApi, raw: RawRequest): Call {
  const form = parametersOf(raw);
  const record = findQueryOperation(api, form);
  return { record, json: formMembers(form, record.input) };
}

export function parametersOf(raw: RawRequest): QueryForm {
  return parseForm(parametersText(raw));
}

/** A POST has its parameters in the body; of its URL only a presigned signature counts. */
function parametersText(raw: RawRequest): string {
  return raw.method === 'POST' ? Buffer.from(raw.body).toString('utf8') : raw.rawQuery;
}

function encode(api: QueryApi, record: OperationRecord, output: unknown, requestId: string): Answer {
  const { name } = record;
  const result = record.output === null ? '' : element(`${name}Result`, xmlOf(record.output, output ?? {}));
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  const root = `${name}Response`;
  const body = `<${root} xmlns="${api.namespace}">${result}${metadata}</${root}>`;
  return { status: 200, headers: headers(requestId), body };
}

function encodeError(api: QueryApi, error: KmsError, requestId: string): Answer {
  const { code, status } = queryError(error.code);
  const said = [
    element('Type', status < 500 ? 'Sender' : 'Receiver'),
    element('Code', code),
    element('Message', escapeXml(error.message)),
  ].join('');
  const body = `<ErrorResponse xmlns="${api.namespace}">${element('Error', said)}${element('RequestId', requestId)}</ErrorResponse>`;
  return { status, headers: headers(requestId), body };
}

function headers(requestId: string): Readonly<Record<string, string>> {
  return { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId, 'Cache-Control': 'no-store' };
}
