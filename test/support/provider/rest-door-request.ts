/** Requests at the REST door of tests, decoded by the routes of the contract's records. */
import type { IncomingMessage } from 'node:http';
import { type OperationName, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { queryParameters } from '@keystead/provider-schema/rest.ts';

export type Members = Record<string, unknown>;

export interface Received {
  readonly operation: OperationName;
  readonly input: Members;
  readonly region: string;
  readonly headers: IncomingMessage['headers'];
}

/** An error answer of the REST door. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail?: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** @throws Refused when no operation has this route */
export function receive(request: IncomingMessage, url: URL, body: string): Received {
  const { record, inPath } = route(request.method ?? '', url.pathname);
  const region = /Credential=[^/]+\/\d{8}\/([^/]+)\/kms\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const others = body === '' ? fromQuery(record, url) : (JSON.parse(body) as Members);
  const operation = record.name as OperationName;
  return { operation, input: { ...others, ...inPath }, region, headers: request.headers };
}

function route(method: string, path: string): { readonly record: OperationRecord; readonly inPath: Members } {
  for (const record of Object.values<OperationRecord>(operations)) {
    const pattern = new RegExp(`^${record.rest.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = record.rest.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const found = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)] as const);
    return { record, inPath: Object.fromEntries(found) };
  }
  throw new Refused(404, 'UnknownOperationException', `There is no ${method} ${path}`);
}

function fromQuery(record: OperationRecord, { searchParams }: URL): Members {
  const given = queryParameters(record).filter(({ name }) => searchParams.has(name));
  return Object.fromEntries(
    given.map(({ name, type }) => [name, type === 'list' ? searchParams.getAll(name) : searchParams.get(name)]),
  );
}
