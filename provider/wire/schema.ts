/** Terraform records as the protocol's schema messages. */
import type {
  AttributeRecord,
  BlockRecord,
  FunctionRecord,
  TerraformRecord,
} from '@keystead/provider-schema/terraform.ts';
import type { Level } from '../engine/type.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';

type Messages = {
  Schema: tfplugin6.Schema.$Properties;
  Block: tfplugin6.Schema.Block.$Properties;
  Attribute: tfplugin6.Schema.Attribute.$Properties;
  NestedBlock: tfplugin6.Schema.NestedBlock.$Properties;
  Identity: tfplugin6.ResourceIdentitySchema.$Properties;
};

const { NestingMode } = tfplugin6.Schema.NestedBlock;
const nestings = { single: NestingMode.SINGLE, list: NestingMode.LIST, set: NestingMode.SET } as const;

function attributeMessage(name: string, attribute: AttributeRecord): Messages['Attribute'] {
  return {
    name,
    type: Buffer.from(JSON.stringify(attribute.type)),
    description: attribute.description,
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
    writeOnly: attribute.writeOnly ?? false,
    deprecated: attribute.deprecated !== undefined,
    deprecationMessage: attribute.deprecated ?? '',
  };
}

function nestedBlockMessage(name: string, block: BlockRecord): Messages['NestedBlock'] {
  return {
    typeName: name,
    nesting: nestings[block.nesting],
    minItems: block.minItems ?? 0,
    maxItems: block.maxItems ?? 0,
    block: { ...blockMessage(block), description: block.description },
  };
}

function blockMessage(level: Level): Messages['Block'] {
  return {
    attributes: Object.entries(level.attributes).map(([name, attribute]) => attributeMessage(name, attribute)),
    blockTypes: Object.entries(level.blocks ?? {}).map(([name, block]) => nestedBlockMessage(name, block)),
  };
}

export function schemaMessage(record: TerraformRecord): Messages['Schema'] {
  return { version: record.schemaVersion, block: { ...blockMessage(record), description: record.description } };
}

export function functionMessage(record: FunctionRecord): tfplugin6.Function.$Properties {
  return {
    parameters: record.parameters.map(({ name, type, description }) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      description,
    })),
    return: { type: Buffer.from(JSON.stringify(record.returns)) },
    summary: record.summary,
    description: record.description,
  };
}

/** What `provider_meta` can hold. */
export function metaSchemaMessage(attributes: TerraformRecord['attributes']): Messages['Schema'] {
  return { version: 0, block: blockMessage({ attributes }) };
}

export function identitySchemaMessage(identity: NonNullable<TerraformRecord['identity']>): Messages['Identity'] {
  return {
    version: 0,
    identityAttributes: Object.entries(identity).map(([name, attribute]) => ({
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
      requiredForImport: attribute.requiredForImport,
      optionalForImport: !attribute.requiredForImport,
      description: attribute.description,
    })),
  };
}
