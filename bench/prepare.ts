/** Signed requests of the AWS wire protocol, ready to be sent. */
import { signRequest } from '@keystead/control-plane/wire/sigv4.ts';
import type { PreparedRequest } from './load.ts';

export interface Caller {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
}

export function prepare({ endpoint, credentials, region }: Caller, operation: string, input: object): PreparedRequest {
  const url = new URL(endpoint);
  const body = Buffer.from(JSON.stringify(input));
  const headers = signRequest({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body,
    credentials,
    region,
    service: 'kms',
    nowMs: Date.now(),
  });
  return { url, headers, body };
}
