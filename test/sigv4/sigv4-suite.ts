/** Reads the published Signature Version 4 suite: one folder per case, in header and in query form. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CanonicalRules, SignableRequest, SigningCredentials } from '@keystead/control-plane/sigv4/verify.ts';
import { defined } from '@keystead/provider-schema/defined.ts';

export interface SuiteForm {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  readonly signedRequest: SignableRequest;
}

export interface SuiteCase {
  readonly name: string;
  readonly request: SignableRequest;
  readonly credentials: SigningCredentials;
  readonly rules: CanonicalRules;
  readonly region: string;
  readonly service: string;
  readonly signBody: boolean;
  readonly nowMs: number;
  readonly expiresInSeconds: number;
  readonly header: SuiteForm;
  readonly query: SuiteForm;
}

interface SuiteContext {
  readonly credentials: {
    readonly access_key_id: string;
    readonly secret_access_key: string;
    readonly token?: string;
  };
  readonly expiration_in_seconds: number;
  readonly normalize: boolean;
  readonly region: string;
  readonly service: string;
  readonly sign_body: boolean;
  readonly timestamp: string;
  readonly omit_session_token?: boolean;
}

export function readSuite(folder: string): readonly SuiteCase[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readCase(join(folder, name), name));
}

function readCase(folder: string, name: string): SuiteCase {
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  const context = JSON.parse(text('context.json')) as SuiteContext;
  const { access_key_id, secret_access_key, token } = context.credentials;
  const form = (prefix: 'header' | 'query'): SuiteForm => ({
    canonicalRequest: text(`${prefix}-canonical-request.txt`),
    stringToSign: text(`${prefix}-string-to-sign.txt`),
    signature: text(`${prefix}-signature.txt`),
    signedRequest: parseRequest(text(`${prefix}-signed-request.txt`)),
  });
  return {
    name,
    request: parseRequest(text('request.txt')),
    credentials: {
      accessKeyId: access_key_id,
      secretAccessKey: secret_access_key,
      ...defined({ sessionToken: token }),
    },
    rules: {
      normalizePath: context.normalize,
      doubleEncode: true,
      omitSessionToken: context.omit_session_token ?? false,
    },
    region: context.region,
    service: context.service,
    signBody: context.sign_body,
    nowMs: Date.parse(context.timestamp),
    expiresInSeconds: context.expiration_in_seconds,
    header: form('header'),
    query: form('query'),
  };
}

/** HTTP/1.1 text with bare line feeds; a line that begins with white space continues the field before it. */
function parseRequest(text: string): SignableRequest {
  const [head = '', ...rest] = text.split('\n\n');
  const [requestLine = '', ...lines] = head.split('\n').filter((line) => line !== '');
  const method = requestLine.slice(0, requestLine.indexOf(' '));
  const target = requestLine.slice(method.length + 1, requestLine.lastIndexOf(' '));
  const [rawPath = '', ...query] = target.split('?');
  const headers: [string, string][] = [];
  for (const line of lines) {
    const last = headers.at(-1);
    if (/^\s/.test(line) && last) last[1] += `\n${line}`;
    else headers.push([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]);
  }
  return {
    method,
    rawPath,
    rawQuery: query.join('?'),
    headers,
    body: Buffer.from(rest.join('\n\n').replace(/\n$/, '')),
  };
}
