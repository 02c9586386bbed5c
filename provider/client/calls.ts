/** One operation as an HTTP request of the REST door, and its answer back (provider-schema/rest.ts says how). */
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Secret } from '@keystead/provider-schema/secret.ts';
import { ServiceError } from './service-error.ts';
import { uriEncode } from './sigv4.ts';
import type { HttpAnswer } from './transport.ts';

export type OperationName = keyof OperationTypes;

/** A shape as JSON: timestamps are epoch seconds, blobs base64. */
export type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array | string | Secret
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : T extends object
        ? { readonly [Member in keyof T]: Wire<T[Member]> }
        : T;

export type Input<Name extends OperationName> = Wire<OperationTypes[Name]['input']>;
export type Output<Name extends OperationName> = Wire<OperationTypes[Name]['output']>;

export interface UnsentCall {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  /** A create: it may carry an idempotency key, and then be sent twice. */
  readonly creates: boolean;
}

type Members = Readonly<Record<string, unknown>>;

export function encodeCall(endpoint: URL, name: OperationName, input: Members): UnsentCall {
  const { method, path, successStatus }: OperationRecord['rest'] = operations[name].rest;
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined && value !== null));
  const filled = path.replace(/\{([A-Za-z]+)\}/g, (_, member: string) => {
    const value = rest.get(member);
    rest.delete(member);
    return uriEncode(String(value));
  });
  const inQuery = method === 'GET' || method === 'DELETE';
  const url = new URL(endpoint.pathname.replace(/\/$/, '') + filled, endpoint);
  if (inQuery) url.search = queryOf(rest);
  return {
    method,
    url,
    body: inQuery ? '' : JSON.stringify(Object.fromEntries(rest)),
    creates: method === 'POST' && successStatus === 201,
  };
}

function queryOf(members: ReadonlyMap<string, unknown>): string {
  return [...members]
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)] as const))
    .map(([name, item]) => `${uriEncode(name)}=${uriEncode(item)}`)
    .join('&');
}

/** @throws ServiceError for every status but success. */
export function decodeAnswer(operation: OperationName, answer: HttpAnswer): unknown {
  if (answer.status >= 200 && answer.status < 300) {
    return answer.body === '' ? undefined : parsed(operation, answer);
  }
  const problem = problemOf(answer.body);
  const retryAfter = Number(answer.headers['retry-after']);
  throw new ServiceError({
    operation,
    code: problem.code ?? `Http${answer.status}`,
    status: answer.status,
    detail: problem.detail ?? '',
    requestId: problem.requestId ?? headerText(answer.headers['x-amzn-requestid']),
    retryAfterMs: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter * 1000 : undefined,
  });
}

function parsed(operation: OperationName, answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    throw new ServiceError({
      operation,
      code: 'UnreadableAnswer',
      status: answer.status,
      detail: 'The answer is not JSON. Does the endpoint name a Keystead control plane?',
      requestId: headerText(answer.headers['x-amzn-requestid']),
    });
  }
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly requestId?: string;
}

function problemOf(body: string): Problem {
  try {
    const value: unknown = JSON.parse(body);
    const members = typeof value === 'object' && value !== null ? (value as Members) : {};
    const pick = (name: string) => (typeof members[name] === 'string' ? { [name]: members[name] } : {});
    return { ...pick('code'), ...pick('detail'), ...pick('requestId') };
  } catch {
    return {};
  }
}

const headerText = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];
