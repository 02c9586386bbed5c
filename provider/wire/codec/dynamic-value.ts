/** DynamicValue of the plugin protocol: one value as msgpack or JSON. Terraform sends msgpack, and so do we. */
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import type { ObjectType } from '../../engine/type.ts';
import type { ObjectValue, Unknown, Value } from '../../engine/value.ts';
import { unknown } from '../../engine/value.ts';
import { CodecError } from './codec-error.ts';
import { decodeJson } from './json.ts';
import { decodeMsgpack, encodeMsgpack, type Refine } from './msgpack.ts';

export interface DynamicValue {
  readonly msgpack?: Uint8Array | null;
  readonly json?: Uint8Array | null;
}

/** An absent or empty message is null. */
export function decodeDynamicValue(type: AttributeType, message: DynamicValue | null | undefined): Value {
  try {
    if (message?.msgpack && message.msgpack.length > 0) return decodeMsgpack(type, message.msgpack);
    if (message?.json && message.json.length > 0) return decodeJson(type, message.json);
    return null;
  } catch (error) {
    if (error instanceof CodecError) error.type = type;
    throw error;
  }
}

/** What Terraform sends for a whole resource, data source or provider block: an object or null. */
export function decodeObject(type: ObjectType, message: DynamicValue | null | undefined): ObjectValue | null {
  const value: Value = decodeDynamicValue(type, message);
  if (value === unknown) throw new CodecError([], 'the whole object is unknown');
  return value as Exclude<typeof value, Unknown> as ObjectValue | null;
}

export function encodeDynamicValue(type: AttributeType, value: Value, refine?: Refine): DynamicValue {
  return { msgpack: encodeMsgpack(type, value, refine) };
}
