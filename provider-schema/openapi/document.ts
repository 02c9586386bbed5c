/**
 * The OpenAPI 3.1 document of the REST door: every operation, errors as problem details (RFC 9457), signatures,
 * `Idempotency-Key` and `If-Match`.
 */
import { defined } from '../defined.ts';
import { families, operationNames, operations } from '../operations/index.ts';
import type { OperationRecord } from '../records.ts';
import { hasBody, otherMembers, pathMembers, queryParameters } from '../rest.ts';
import { shapeOf, structureOf } from '../shapes/index.ts';
import type { Shape } from '../shapes/shape.ts';
import { type Example, filled } from './examples/example.ts';
import { examples } from './examples/index.ts';
import { answerHeaders, hasIdempotencyParameter, headerParameters, takesIfMatch } from './headers.ts';
import { linksOf } from './links.ts';
import { commonResponses, problemSchema, refusals } from './refusals.ts';
import { type Json, ref, shapeSchema, shapeSchemas, structureSchema } from './schemas.ts';

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
        'Version 4 for the service `kms`. Identifiers in a path are percent-encoded: a key ARN or an alias name is one segment. ' +
        'A member that is not in this document is refused.',
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
      parameters: headerParameters,
      headers: answerHeaders,
      responses: commonResponses(),
      schemas: { Problem: problemSchema, ...shapeSchemas() },
    },
  };
  return `${JSON.stringify(document)}\n`;
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
  const { required } = structureOf(record.input);
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
      ...pathMembers(record).map((member) => parameter(record, 'path', member, true)),
      ...queryParameters(record).map(({ name }) => parameter(record, 'query', name, required?.includes(name) ?? false)),
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

function parameter(record: OperationRecord, where: 'path' | 'query', name: string, required: boolean): Json {
  const shapeName = structureOf(record.input).members[name] ?? '';
  const [example] = inputsOf(record).flatMap(({ input }) => input[name] ?? []);
  return {
    ...{ name, in: where, required, schema: parameterSchema(where, shapeName, required) },
    ...defined({ example }),
  };
}

/** The inputs of the operation's examples, as the document shows them. */
function inputsOf({ name }: OperationRecord): readonly Example[] {
  return examples
    .filter(({ operation }) => operation === name)
    .map((each) => ({ ...each, input: filled(each.input, ({ sample }) => sample) }));
}

/** A path cannot hold an empty text, and a query cannot hold a list without items. */
function parameterSchema(where: 'path' | 'query', shapeName: string, required: boolean): Json {
  const shape = shapeOf(shapeName);
  const isNotEmpty = where === 'path' ? shape.type === 'string' : shape.type === 'list' && required;
  if (!isNotEmpty || ('min' in shape && shape.min)) return { $ref: ref(shapeName) };
  return shapeSchema({ ...shape, min: 1 } as Shape, true);
}

function requestBody(record: OperationRecord): Json {
  const shape = structureOf(record.input);
  const inBody = otherMembers(record);
  const required = shape.required?.filter((member) => inBody.includes(member)) ?? [];
  const members = Object.fromEntries(inBody.map((member) => [member, shape.members[member] ?? '']));
  return {
    required: required.length > 0,
    content: {
      'application/json': {
        schema: structureSchema({ type: 'structure', members, required }, true),
        ...bodyExamples(record, inBody),
      },
    },
  };
}

function bodyExamples(record: OperationRecord, inBody: readonly string[]): Json {
  const shown = inputsOf(record).map(({ name, input }) => {
    const value = Object.fromEntries(Object.entries(input).filter(([member]) => inBody.includes(member)));
    return [name.replaceAll(' ', '-'), { summary: name === record.name ? record.summary : name, value }] as const;
  });
  return shown.length === 0 ? {} : { examples: Object.fromEntries(shown) };
}

function success(record: OperationRecord): Json {
  const headers = { 'x-amzn-RequestId': { $ref: '#/components/headers/RequestId' } };
  const links = linksOf(record);
  const done = { description: 'Done.', headers, ...(Object.keys(links).length > 0 && { links }) };
  if (record.output === null || record.rest.successStatus === 204) return done;
  const revision = 'Revision' in structureOf(record.output).members;
  return {
    ...done,
    headers: { ...headers, ...(revision && { ETag: { $ref: '#/components/headers/Revision' } }) },
    content: { 'application/json': { schema: { $ref: ref(record.output) } } },
  };
}
