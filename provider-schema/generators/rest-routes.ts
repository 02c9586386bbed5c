/**
 * The REST route of each operation, in one small module: a client that starts often, such as a command or the Terraform
 * provider, does not have to load every record and shape to send one call.
 */
import { operationNames, operations } from '../operations/index.ts';
import type { OperationRecord } from '../records.ts';
import { takesIdempotencyKey } from '../rest.ts';
import { generatedHeader } from './header.ts';

export function restRoutesModule(): string {
  const rows = operationNames.map((name) => `  ${name}: ${route(operations[name])},\n`);
  return `${generatedHeader}\nexport const restRoutes = {\n${rows.join('')}} as const;\n`;
}

function route(record: OperationRecord): string {
  const { method, path } = record.rest;
  return `{ method: '${method}', path: '${path}', takesIdempotencyKey: ${takesIdempotencyKey(record)} }`;
}
