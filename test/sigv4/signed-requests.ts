/** Requests with signatures to verify, changes to them, and what the verifier answers. */
import {
  checkDate,
  deriveSigningKey,
  kmsRules,
  parseAuthorization,
  presign,
  type SignableRequest,
  sign,
  verifySignature,
} from '@keystead/control-plane/sigv4/verify.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';

export const nowMs = Date.parse('2026-03-01T12:00:00Z');
export const MINUTE_MS = 60_000;
export const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not/a/real/secret' };
export const session = { ...credentials, sessionToken: 'session-token==' };
export const options = { region: 'eu-central-1', nowMs };

export const plain: SignableRequest = {
  method: 'POST',
  rawPath: '/',
  rawQuery: '',
  headers: [
    ['Host', 'kms.example.test:8600'],
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['X-Amz-Target', 'TrentService.Encrypt'],
  ],
  body: Buffer.from('{"KeyId":"alias/a","Plaintext":"AAEC"}'),
};

export function signed(
  request = plain,
  by: typeof credentials & { sessionToken?: string } = credentials,
): SignableRequest {
  return { ...request, headers: sign(request, by, options) };
}

export function presigned(
  request = plain,
  expiresInSeconds = 900,
  by: typeof credentials & { sessionToken?: string } = credentials,
): SignableRequest {
  return { ...request, rawQuery: presign(request, by, { ...options, expiresInSeconds }) };
}

/** All three steps of the verification, in the order of a door. */
export function accept(
  request: SignableRequest,
  atMs = nowMs,
  secret = credentials.secretAccessKey,
  rules = kmsRules,
): string {
  const parsed = parseAuthorization(request, rules);
  checkDate(parsed, atMs);
  if (parsed.accessKeyId !== credentials.accessKeyId) throw new KmsError('UnrecognizedClientException');
  verifySignature(parsed, request, deriveSigningKey(secret, parsed), rules);
  return parsed.accessKeyId;
}

export function refusal(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof KmsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was accepted');
}

/** Rethrows an error that is not a refusal. */
export function isRefused(request: SignableRequest): boolean {
  try {
    accept(request);
    return false;
  } catch (error) {
    if (error instanceof KmsError) return true;
    throw error;
  }
}

type Edit = (headers: [string, string][]) => readonly (readonly [string, string])[];
export const withHeaders = (request: SignableRequest, edit: Edit): SignableRequest => ({
  ...request,
  headers: edit(request.headers.map(([name, value]) => [name, value])),
});
export const replaceIn =
  (name: string, from: string | RegExp, to: string): Edit =>
  (headers) =>
    headers.map(([n, v]) => [n, n.toLowerCase() === name ? v.replace(from, to) : v]);
export const editAuthorization = (from: string | RegExp, to: string) =>
  withHeaders(signed(), replaceIn('authorization', from, to));
