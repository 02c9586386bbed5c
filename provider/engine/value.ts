/**
 * Terraform values inside the provider. The wire's codec decodes into these by type, the engine and the resources
 * compute with them, and nothing here knows msgpack or protobuf.
 */
/** A value Terraform will know only later. Refinements are not kept. */
export const unknown: unique symbol = Symbol('unknown');
export type Unknown = typeof unknown;

/** Numbers outside the safe integer range arrive as bigint (integers) or string (other decimals), never rounded. */
export type Value = null | Unknown | boolean | number | bigint | string | readonly Value[] | ObjectValue;
export interface ObjectValue {
  readonly [attribute: string]: Value;
}
