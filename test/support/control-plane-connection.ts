/** The connection of the `keystead` commands to a test control plane: without HTTP, and with the test's clock. */
import { type Connection, Refusal } from '@keystead/control-plane/cli/shared/connection.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import type { RequestOptions, TestControlPlane } from './test-control-plane.ts';

export interface CountedConnection extends Connection {
  /** How often an operation was called. */
  calls(name: OperationName): number;
}

export function connectionTo(controlPlane: TestControlPlane, as: Pick<RequestOptions, 'as'> = {}): CountedConnection {
  const counts = new Map<string, number>();
  const call = async (name: OperationName, input: object, region = 'us-east-1') => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const given = Object.entries(input).map(([member, value]) => [member, fromJson(name, member, value)]);
    const answer = await controlPlane
      .perform(name as keyof OperationTypes, Object.fromEntries(given) as never, { region, ...as })
      .catch((error: unknown) => {
        throw error instanceof KmsError ? new Refusal(error.code, `${error.code}: ${error.message}`, '') : error;
      });
    return toJson(answer);
  };
  return { signsWith: 'a test', call: call as Connection['call'], calls: (name) => counts.get(name) ?? 0 };
}

/** Members of requests that are times or bytes. */
function fromJson(name: OperationName, member: string, value: unknown): unknown {
  const shape = shapeOf(structureOf(findOperation(name)?.input ?? '').members[member] ?? '');
  if (shape.type === 'timestamp' && typeof value === 'number') return new Date(value * 1000);
  return shape.type === 'blob' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}

function toJson(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}
