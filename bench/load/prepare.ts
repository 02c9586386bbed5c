/**
 * Signed requests of the AWS wire protocol, ready to be sent again and again: a signature is valid for five minutes.
 */
import { signRequest } from '@keystead/control-plane/sigv4/verify.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import type { PreparedRequest } from './request.ts';

export interface Caller {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
}

export function prepare<Name extends OperationName>(
  { endpoint, credentials, region }: Caller,
  operation: Name,
  input: InputJson<Name>,
): PreparedRequest {
  const url = new URL(endpoint);
  const body = JSON.stringify(input);
  const headers = signRequest({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body: Buffer.from(body),
    credentials,
    region,
    service: 'kms',
    nowMs: Date.now(),
  });
  return { url: url.href, headers, body };
}

/** @throws Error on any answer but 200. */
export async function call<Name extends OperationName>(
  caller: Caller,
  operation: Name,
  input: InputJson<Name>,
): Promise<OutputJson<Name>> {
  const { url, headers, body } = prepare(caller, operation, input);
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(`${operation} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as OutputJson<Name>;
}

/** An Encrypt of 256 bytes with an encryption context, under a new key. */
export async function prepareEncrypt(caller: Caller): Promise<PreparedRequest> {
  const { KeyMetadata } = await call(caller, 'CreateKey', {});
  return prepare(caller, 'Encrypt', {
    KeyId: KeyMetadata?.KeyId ?? '',
    Plaintext: Buffer.alloc(256, 7).toString('base64'),
    EncryptionContext: { Department: 'finance' },
  });
}
