/** An operation as a request of the REST door, for clients (rest.ts says how its input travels). Does not send it. */
import { restRoutes } from './generated/rest-routes.ts';
import type { InputJson } from './json-types.ts';
import type { OperationName } from './operations/index.ts';
import type { RestRoute } from './records.ts';

export interface RestCall {
  readonly method: RestRoute['method'];
  /** With its query: `/v1/aliases?Limit=100`. */
  readonly target: string;
  /** JSON; empty when the other members are in the query. */
  readonly body: string;
  /** With an idempotency key it can be sent again (rest.ts). */
  readonly takesIdempotencyKey: boolean;
}

/** Members that are undefined or null are not sent. @throws Error when a member of the path is missing */
export function encodeRestCall<Name extends OperationName>(name: Name, input: InputJson<Name>): RestCall {
  const { method, path, takesIdempotencyKey } = restRoutes[name];
  const rest = new Map<string, unknown>(
    Object.entries(input).filter(([, value]) => value !== undefined && value !== null),
  );
  const filled = path.replace(/\{([A-Za-z]+)\}/g, (_, member: string) => {
    const value = rest.get(member);
    if (value === undefined) throw new Error(`${name} needs ${member} in its path`);
    rest.delete(member);
    return uriEncode(String(value));
  });
  const inQuery = method === 'GET' || method === 'DELETE';
  return {
    method,
    target: inQuery && rest.size > 0 ? `${filled}?${queryOf(rest)}` : filled,
    body: inQuery ? '' : JSON.stringify(Object.fromEntries(rest)),
    takesIdempotencyKey,
  };
}

/** A list is its parameter repeated. */
function queryOf(members: ReadonlyMap<string, unknown>): string {
  return [...members]
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)] as const))
    .map(([name, item]) => `${uriEncode(name)}=${uriEncode(item)}`)
    .join('&');
}

/** RFC 3986 section 2.3: everything but unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
