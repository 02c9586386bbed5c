/**
 * The OpenAPI 3.1 document of the REST door: every operation, errors as problem details (RFC 9457), signatures,
 * `Idempotency-Key` and `If-Match`.
 */
import { defined } from './defined.ts';
import { commonErrors, type ErrorCode, restStatus } from './errors.ts';
import { families, operationNames, operations } from './operations/index.ts';
import type { OperationRecord } from './records.ts';
import { hasBody, otherMembers, pathMembers, queryParameters } from './rest.ts';
import { holdsSecret, shapeOf, shapes, structureOf } from './shapes/index.ts';
import type { Shape, StructureShape } from './shapes/shape.ts';

type Json = Readonly<Record<string, unknown>>;

/** The document as JSON text. Building it takes tens of milliseconds, so a server builds it once. */
export function openApiDocument(): string {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Keystead',
      version: '0.1.0',
      summary: 'Key management control plane.',
      description:
        'The operations of AWS KMS and a few of our own, by method and path. Requests are signed with AWS Signature ' +
        'Version 4 for the service `kms`. Identifiers in a path are percent-encoded: a key ARN or an alias name is one segment.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ signatureVersion4: [] }],
    tags: Object.values(families).flatMap((ofApi) => Object.keys(ofApi).map((name) => ({ name }))),
    paths: paths(),
    components: {
      securitySchemes: {
        signatureVersion4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service `kms`, Region of the credential scope.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
      parameters: { IdempotencyKey: idempotencyKey, IfMatch: ifMatch },
      responses: { Problem: anyRefusal },
      schemas: { Problem: problem, ...schemas() },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function paths(): Json {
  const byPath: Record<string, Record<string, unknown>> = {};
  for (const name of operationNames) {
    const record: OperationRecord = operations[name];
    const item = byPath[record.rest.path] ?? {};
    item[record.rest.method.toLowerCase()] = operation(record);
    byPath[record.rest.path] = item;
  }
  return byPath;
}

function operation(record: OperationRecord): Json {
  const { members, required } = structureOf(record.input);
  const body = hasBody(record) && otherMembers(record).length > 0;
  return {
    operationId: record.name,
    summary: record.summary,
    tags: [familyOf(record.name)],
    ...(record.status === 'planned' && {
      description: 'Planned: not implemented yet. The input is validated, and then the request is refused.',
    }),
    ...(record.unsigned && { security: [] }),
    'x-keystead-status': record.status,
    'x-keystead-actions': [...new Set(record.targets.map((target) => target.action))],
    parameters: [
      ...pathMembers(record).map((member) => parameter('path', member, members[member] ?? '', true)),
      ...(hasBody(record)
        ? []
        : queryParameters(record).map(({ name }) =>
            parameter('query', name, members[name] ?? '', required?.includes(name) ?? false),
          )),
      ...(hasIdempotencyParameter(record) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
      ...(takesIfMatch(record) ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
    ],
    ...(body && { requestBody: requestBody(record) }),
    responses: { [record.rest.successStatus]: success(record), ...refusals(record) },
  };
}

function familyOf(name: string): string {
  const all = Object.values(families).flatMap((ofApi) => Object.entries(ofApi));
  return all.find(([, records]) => Object.hasOwn(records, name))?.[0] ?? '';
}

/** Writes, which can be repeated with the same key without a second effect; not those that return a secret. */
function hasIdempotencyParameter(record: OperationRecord): boolean {
  return record.effect === 'write' && (record.output === null || !holdsSecret(record.output));
}

/** Changes of a key, which can be made conditional on the revision that was read. */
function takesIfMatch(record: OperationRecord): boolean {
  return record.effect === 'write' && record.targets.some((target) => target.kind === 'key');
}

function parameter(where: 'path' | 'query', name: string, shapeName: string, required: boolean): Json {
  return { name, in: where, required, schema: { $ref: ref(shapeName) } };
}

function requestBody(record: OperationRecord): Json {
  const shape = structureOf(record.input);
  const inBody = otherMembers(record);
  const required = shape.required?.filter((member) => inBody.includes(member)) ?? [];
  const members = Object.fromEntries(inBody.map((member) => [member, shape.members[member] ?? '']));
  return {
    required: required.length > 0,
    content: { 'application/json': { schema: structureSchema({ type: 'structure', members, required }) } },
  };
}

function success(record: OperationRecord): Json {
  if (record.output === null || record.rest.successStatus === 204) return { description: 'Done.' };
  const revision = 'Revision' in structureOf(record.output).members;
  return {
    description: 'Done.',
    ...(revision && { headers: { ETag: { description: 'Revision, for If-Match.', schema: { type: 'string' } } } }),
    content: { 'application/json': { schema: { $ref: ref(record.output) } } },
  };
}

function refusals(record: OperationRecord): Json {
  const codesByStatus = new Map<number, ErrorCode[]>();
  const own: ErrorCode[] = [
    ...record.errors,
    ...(hasIdempotencyParameter(record) ? (['IdempotentParameterMismatchException'] as const) : []),
    ...(takesIfMatch(record) ? (['PreconditionFailedException'] as const) : []),
  ];
  for (const code of own) {
    const status = restStatus(code);
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code]);
  }
  const responses = [...codesByStatus].map(([status, codes]) => [status, refusal([...codes].sort())] as const);
  return { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/Problem' } };
}

function refusal(codes: readonly ErrorCode[]): Json {
  const schema = { allOf: [{ $ref: ref('Problem') }, { properties: { code: { enum: codes } } }] };
  return { description: codes.join(', '), content: problemContent(schema) };
}

/** The codes that every operation can answer with, listed once, each with its status. */
const anyRefusal: Json = {
  description: `Any other refusal: ${commonErrors.map((code) => `${code} (${restStatus(code)})`).join(', ')}.`,
  content: problemContent({ $ref: ref('Problem') }),
};

function problemContent(schema: Json): Json {
  return { 'application/problem+json': { schema } };
}

const problem: Json = {
  type: 'object',
  description: 'RFC 9457 problem details; `code` is the error code of the AWS door.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
};

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same request with the same key within a day gets the first answer again and does not change anything.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const ifMatch: Json = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'Revision of the key that the change relies on; 412 when the key has changed since.',
  schema: { type: 'string', pattern: '^("?[0-9]{1,15}"?|\\*)$' },
};

function schemas(): Json {
  const names = Object.keys(shapes).filter((name) => !isException(shapeOf(name)));
  return Object.fromEntries(names.map((name) => [name, schema(shapeOf(name))]));
}

function isException(shape: Shape): boolean {
  return shape.type === 'structure' && shape.exception === true;
}

function schema(shape: Shape): Json {
  return {
    ...typeSchema(shape),
    ...defined({ deprecated: shape.deprecated, 'x-keystead-sensitive': shape.sensitive }),
  };
}

function typeSchema(shape: Shape): Json {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...defined({ minLength: shape.min, maxLength: shape.max }),
        ...(shape.pattern !== undefined && { pattern: `^(?:${shape.pattern})$` }),
        ...defined({ enum: shape.enum }),
      };
    case 'blob':
      return { type: 'string', contentEncoding: 'base64', ...(shape.max && { description: bytesText(shape) }) };
    case 'integer':
      return { type: 'integer', ...defined({ minimum: shape.min, maximum: shape.max }) };
    case 'boolean':
      return { type: 'boolean' };
    case 'timestamp':
      return { type: 'number', description: 'Seconds since the Unix epoch.' };
    case 'list':
      return {
        type: 'array',
        items: { $ref: ref(shape.member) },
        ...defined({ minItems: shape.min, maxItems: shape.max }),
      };
    case 'map':
      return { type: 'object', additionalProperties: { $ref: ref(shape.value) } };
    case 'structure':
      return structureSchema(shape);
  }
}

function bytesText(shape: { readonly min?: number; readonly max?: number }): string {
  return `${shape.min ?? 0} to ${shape.max} bytes before encoding.`;
}

function structureSchema(shape: StructureShape): Json {
  const properties = Object.entries(shape.members).map(([name, target]) => [name, { $ref: ref(target) }]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(shape.required && shape.required.length > 0 && { required: shape.required }),
  };
}

function ref(name: string): string {
  return `#/components/schemas/${name}`;
}
