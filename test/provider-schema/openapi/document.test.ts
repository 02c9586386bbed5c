/** The OpenAPI document agrees with the record and shapes of each operation. */
import { openApiDocument } from '@keystead/provider-schema/openapi/document.ts';
import { operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';

type Json = Readonly<Record<string, unknown>>;

/** Every value under `key`, anywhere in the document. */
function collect(document: unknown, key: string): unknown[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...collect(value, key),
  ]);
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: Readonly<Record<string, Json>>;
}

interface ApiOperation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name?: string; readonly in?: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Json }>>;
  readonly requestBody?: Json;
}

describe('the OpenAPI document', () => {
  const openApi = JSON.parse(openApiDocument()) as OpenApi;
  const at = (path: string, method: string): ApiOperation => {
    const operation = openApi.paths[path]?.[method];
    if (!operation) throw new Error(`nothing at ${method} ${path}`);
    return operation;
  };

  test('is version 3.1 and describes every operation once', () => {
    expect(openApi.openapi).toMatch(/^3\.1\./);
    const described = Object.values(openApi.paths).flatMap((item) => Object.values(item));
    expect(described.map(({ operationId }) => operationId).sort()).toEqual([...operationNames].sort());
  });

  test.each(operationNames)('puts %s at its route, with each path member as a parameter', (name) => {
    const record: OperationRecord = operations[name];
    const operation = at(record.rest.path, record.rest.method.toLowerCase());
    expect(operation.operationId).toBe(name);
    const inPath = operation.parameters.filter((each) => each.in === 'path').map((each) => `{${each.name}}`);
    expect(inPath).toEqual(record.rest.path.match(/\{\w+\}/g) ?? []);
    expect(Object.keys(operation.responses)).toContain(String(record.rest.successStatus));
    expect(operation.requestBody === undefined || record.rest.method !== 'GET').toBe(true);
  });

  test('refers only to schemas, parameters and responses that it has', () => {
    const references = new Set(collect(openApi, '$ref') as string[]);
    expect(references.size).toBeGreaterThan(100);
    for (const reference of references) {
      const [root, components, kind = '', name = ''] = reference.split('/');
      expect([root, components]).toEqual(['#', 'components']);
      const group = openApi.components[kind];
      expect(Object.keys(group ?? {})).toContain(name);
    }
  });

  test('answers errors as problem details', () => {
    const problem = openApi.components.schemas?.Problem as { readonly required: readonly string[] };
    expect(problem.required).toEqual(['type', 'title', 'status', 'code', 'requestId']);
    const notFound = at('/v1/keys/{KeyId}', 'get').responses['404'];
    expect(Object.keys(notFound?.content ?? {})).toEqual(['application/problem+json']);
  });

  test('offers If-Match and Idempotency-Key where they have an effect', () => {
    const parametersOf = (path: string, method: string) => JSON.stringify(at(path, method).parameters);
    expect(parametersOf('/v1/keys', 'post')).toContain('IdempotencyKey');
    expect(parametersOf('/v1/keys', 'post')).not.toContain('IfMatch');
    expect(parametersOf('/v1/keys/{KeyId}/policy', 'put')).toContain('IfMatch');
    expect(parametersOf('/v1/keys/{KeyId}', 'get')).not.toContain('IdempotencyKey');
    // A secret that is shown once cannot be shown again.
    expect(parametersOf('/v1/users/{UserName}/access-keys', 'post')).not.toContain('IdempotencyKey');
  });
});
