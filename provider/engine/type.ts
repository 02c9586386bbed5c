/** The value type a Terraform record implies: its attributes and blocks as one object type. */
import type { AttributeType, BlockRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';

export type ObjectType = readonly ['object', Readonly<Record<string, AttributeType>>];

/** What attributes and blocks a level of a record declares; a record and a block are both such a level. */
export type Level = Pick<TerraformRecord, 'attributes' | 'blocks'>;

export function blockType(block: BlockRecord): AttributeType {
  const object = levelType(block);
  return block.nesting === 'single' ? object : [block.nesting, object];
}

export function levelType(level: Level): ObjectType {
  const members: Record<string, AttributeType> = {};
  for (const [name, attribute] of Object.entries(level.attributes)) members[name] = attribute.type;
  for (const [name, block] of Object.entries(level.blocks ?? {})) members[name] = blockType(block);
  return ['object', members];
}

/** The type of a resource's identity: an object of its identity attributes. */
export function identityType(identity: NonNullable<TerraformRecord['identity']>): ObjectType {
  return ['object', Object.fromEntries(Object.entries(identity).map(([name, attribute]) => [name, attribute.type]))];
}
