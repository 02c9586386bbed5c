/**
 * The OpenAPI document and the server are of one mind about what is well formed: what the document's schema of a body
 * calls valid is not refused as malformed, and what it calls invalid is.
 */

import { decodeInput } from '@keystead/control-plane/validation/validate.ts';
import { membersOf } from '@keystead/control-plane/wire/rest-input.ts';
import { KmsError, MalformedRequest } from '@keystead/provider-schema/errors.ts';
import { openApiDocument } from '@keystead/provider-schema/openapi/document.ts';
import { examples } from '@keystead/provider-schema/openapi/examples/index.ts';
import { created } from '@keystead/provider-schema/openapi/links.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { hasBody, otherMembers, pathMembers } from '@keystead/provider-schema/rest.ts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { boundsOf, faultsOf, validJson } from '../support/contract-faults.ts';
import { shapeValue } from '../support/shape-arbitraries.ts';

type Json = Readonly<Record<string, unknown>>;
const SEED = 20_260_101;

const document = JSON.parse(openApiDocument()) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
};
interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name?: string; readonly example?: unknown; readonly schema?: Json }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': Content } };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Content {
  readonly schema: Json;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Json;
  readonly links?: Readonly<Record<string, { readonly operationId: string; readonly parameters: Json }>>;
}

const ajv = new Ajv2020({ strict: false, allErrors: false, schemas: [{ $id: 'openapi', ...document }] });
const records = Object.values<OperationRecord>(operations);
const described = ({ rest }: OperationRecord): OpenApiOperation =>
  document.paths[rest.path]?.[rest.method.toLowerCase()] as OpenApiOperation;
const withBody = records.filter((record) => described(record).requestBody !== undefined);

const validators = new Map<string, ValidateFunction>();
function bodyIsValid(record: OperationRecord, body: unknown): boolean {
  const pointer = ['paths', record.rest.path, record.rest.method.toLowerCase(), 'requestBody/content']
    .map((part) =>
      part
        .replaceAll('/', part.startsWith('requestBody') ? '/' : '~1')
        .replaceAll('{', '%7B')
        .replaceAll('}', '%7D'),
    )
    .join('/');
  const reference = `openapi#/${pointer}/application~1json/schema`;
  const validate = validators.get(reference) ?? ajv.compile({ $ref: reference });
  validators.set(reference, validate);
  return validate(body);
}

/** `malformed`: answered 400; `well formed`: not, whatever the operation says then. */
function asServed(record: OperationRecord, body: unknown): 'malformed' | 'well formed' {
  const raw = {
    ...{ method: record.rest.method, rawPath: '/', rawQuery: '', headers: [], sourceIp: '', userAgent: '' },
    ...{ secureTransport: false, body: Buffer.from(JSON.stringify(body)) },
  };
  const inPath = Object.fromEntries(pathMembers(record).map((name) => [name, validOf(record)[name]]));
  try {
    decodeInput(record.name, { ...membersOf(raw, record), ...inPath });
    return 'well formed';
  } catch (error) {
    if (error instanceof MalformedRequest) return 'malformed';
    if (error instanceof KmsError && error.code === 'SerializationException') return 'malformed';
    if (error instanceof KmsError) return 'well formed';
    throw error;
  }
}

const valid = new Map<string, Json>();
function validOf(record: OperationRecord): Json {
  const known = valid.get(record.name) ?? (validJson(record.input) as Json);
  valid.set(record.name, known);
  return known;
}

const bodyOf = (record: OperationRecord, json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => otherMembers(record).includes(name)));

function disagreements(record: OperationRecord, bodies: readonly { what: string; body: unknown }[]): string[] {
  return bodies.flatMap(({ what, body }) => {
    const isValid = bodyIsValid(record, body);
    const served = asServed(record, body);
    if (isValid === (served === 'well formed')) return [];
    return `${record.name} ${what}: valid ${isValid}, served as ${served}: ${JSON.stringify(body).slice(0, 200)}`;
  });
}

describe('what the document says of a body is what the server says', () => {
  test('of bodies with one fault, each fault that a shape can have', () => {
    const found = withBody.flatMap((record) =>
      disagreements(
        record,
        faultsOf(record.input)
          .filter(({ json }) => typeof json === 'object' && json !== null && !Array.isArray(json))
          .map(({ what, json }) => ({ what, body: bodyOf(record, json as Json) })),
      ),
    );
    expect(found).toEqual([]);
  });

  test('of bodies at every bound, and of valid ones', () => {
    const found = withBody.flatMap((record) => [
      ...disagreements(record, [{ what: 'valid', body: bodyOf(record, validOf(record)) }]),
      ...disagreements(
        record,
        boundsOf(record.input).map(({ what, json }) => ({ what, body: bodyOf(record, json as Json) })),
      ),
    ]);
    expect(found).toEqual([]);
  });

  test('of random bodies', () => {
    const found = withBody.flatMap((record) => {
      const values = fc.sample(shapeValue(record.input), { seed: SEED, numRuns: 8 }) as Json[];
      return disagreements(
        record,
        values.map((value) => ({ what: 'random', body: bodyOf(record, toJson(value) as Json) })),
      );
    });
    expect(found).toEqual([]);
  });

  test('of a member that no shape has, of null, and of a member that is in the path', () => {
    const found = withBody.flatMap((record) => {
      const whole = bodyOf(record, validOf(record));
      const optional = Object.keys(whole).map((name) => ({
        what: `${name} is null`,
        body: { ...whole, [name]: null },
      }));
      const inPath = pathMembers(record).map((name) => ({
        what: `${name} in the body`,
        body: { ...whole, [name]: 'x' },
      }));
      return disagreements(record, [...optional, ...inPath, { what: 'unknown', body: { ...whole, Unknown: 1 } }]);
    });
    expect(found).toEqual([]);
  });
});

describe('the document', () => {
  test('has only examples that its own schemas call valid', () => {
    for (const record of records) {
      const shown = described(record).requestBody?.content['application/json'].examples ?? {};
      for (const [name, { value }] of Object.entries(shown)) {
        expect({ name, isValid: bodyIsValid(record, value) }).toEqual({ name, isValid: true });
      }
    }
    expect(examples.length).toBeGreaterThan(150);
  });

  test('links each create to operations whose path its answer fills', () => {
    const creates = records.filter(({ rest }) => rest.successStatus === 201);
    expect(Object.keys(created).sort()).toEqual(creates.map(({ name }) => name).sort());
    for (const record of creates) {
      const links = Object.values(described(record).responses['201']?.links ?? {});
      expect({ name: record.name, links: links.length > 0 }).toEqual({ name: record.name, links: true });
      for (const { operationId, parameters } of links) {
        expect([...pathMembers(operations[operationId as keyof typeof operations])].sort()).toEqual(
          Object.keys(parameters).sort(),
        );
      }
    }
  });

  test('lists for every operation the codes that all can answer, and describes each of these once', () => {
    const common = Object.values(document.components.responses)
      .map(({ description = '' }) => description)
      .join('\n');
    for (const code of [
      'SerializationException',
      'ValidationException',
      'ThrottlingException',
      'KMSInternalException',
    ]) {
      expect(common).toContain(code);
    }
    for (const record of records) {
      const statuses = Object.keys(described(record).responses);
      const expected = ['400', '403', '408', '413', '422', '429', '500', '503', ...(record.unsigned ? [] : ['401'])];
      expect(statuses).toEqual(expect.arrayContaining(expected));
      expect(statuses).not.toContain('default');
    }
  });

  test('does not have a body for what is sent without one', () => {
    for (const record of records.filter((each) => !hasBody(each)))
      expect(described(record).requestBody).toBeUndefined();
  });
});

function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}
