/**
 * Records of resources that the upstream provider writes with its older SDK. That SDK cannot tell a zero value from an
 * absent one, so states, plans and configurations hold either for the same thing.
 */
import type { AttributeRecord, BlockRecord, TerraformRecord } from './terraform.ts';

/** The record with the older SDK's rules for everything that a configuration can leave out. */
export function legacyRecord(record: TerraformRecord): TerraformRecord {
  return { ...record, ...withEmpties(record), legacyTypeSystem: true };
}

type Level = Pick<TerraformRecord, 'attributes' | 'blocks'>;

function withEmpties({ attributes, blocks }: Level): Level {
  const inner: Readonly<Record<string, BlockRecord>> | undefined =
    blocks && mapValues(blocks, (block) => ({ ...block, ...withEmpties(block), emptyIsNull: true }));
  return {
    attributes: mapValues(
      attributes,
      (attribute): AttributeRecord => (attribute.optional ? { ...attribute, emptyIsNull: true } : attribute),
    ),
    ...(inner && { blocks: inner }),
  };
}

function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
