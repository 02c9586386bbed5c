/** Which methods a path under /v1 has: for the answer to a method that it does not have. */
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';

/** The methods of each path, which the document's own path is one of. */
const paths: readonly { readonly pattern: RegExp; readonly method: string }[] = [
  { pattern: /^\/v1\/openapi\.json\/?$/, method: 'GET' },
  ...Object.values<OperationRecord>(operations).map(({ rest }) => ({
    // As Express matches it: a parameter is one segment, and a slash at the end can be there.
    pattern: new RegExp(`^${rest.path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
    method: rest.method,
  })),
];

/** In alphabetic order; GET includes HEAD. Empty: nothing is at this path. */
export function methodsOf(path: string): readonly string[] {
  const found = paths.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return [...new Set(found.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
}
