/** Encodes one operation as an HTTP request to an endpoint, and decodes its answer. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { ServiceError } from './service-error.ts';
import type { HttpAnswer } from './transport.ts';

export interface UnsentCall {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  /** It can carry an idempotency key, and then be sent twice. */
  readonly takesIdempotencyKey: boolean;
}

export function encodeCall<Name extends OperationName>(endpoint: URL, name: Name, input: InputJson<Name>): UnsentCall {
  const { target, ...call } = encodeRestCall(name, input);
  const url = new URL(endpoint.pathname.replace(/\/$/, '') + target, endpoint);
  return { ...call, url };
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

type Members = Readonly<Record<string, unknown>>;

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly requestId?: string;
}

function problemOf(body: string): Problem {
  try {
    const value: unknown = JSON.parse(body);
    const members = typeof value === 'object' && value !== null ? (value as Members) : {};
    const text = (name: string) => (typeof members[name] === 'string' ? members[name] : undefined);
    return defined({ code: text('code'), detail: text('detail'), requestId: text('requestId') });
  } catch {
    return {};
  }
}

const headerText = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];
