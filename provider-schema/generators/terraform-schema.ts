/**
 * The document that `terraform providers schema -json` prints for the provider (format version 1.0), made from the
 * records without a Terraform binary. Binding generators read it.
 */
import * as dataSources from '../data-sources/index.ts';
import { defined } from '../defined.ts';
import * as ephemeralResources from '../ephemeral-resources/index.ts';
import * as functions from '../functions/index.ts';
import { providerRecord } from '../provider.ts';
import * as resources from '../resources/index.ts';
import type { AttributeRecord, BlockRecord, FunctionRecord, TerraformRecord } from '../terraform.ts';
import { jsonText } from './json-text.ts';

/** Registry address as Terraform completes the source `keystead/aws`. */
export const providerAddress = 'registry.terraform.io/keystead/aws';

export function terraformSchemaDocument(): string {
  return jsonText({
    format_version: '1.0',
    provider_schemas: {
      [providerAddress]: {
        provider: schema(providerRecord),
        resource_schemas: mapValues<TerraformRecord, unknown>(resources, schema),
        data_source_schemas: mapValues<TerraformRecord, unknown>(dataSources, schema),
        ephemeral_resource_schemas: mapValues<TerraformRecord, unknown>(ephemeralResources, schema),
        functions: mapValues<FunctionRecord, unknown>(functions, functionSignature),
        resource_identity_schemas: identitySchemas(),
      },
    },
  });
}

function functionSignature({ description, summary, parameters, returns }: FunctionRecord): unknown {
  return {
    description,
    summary,
    return_type: returns,
    parameters: parameters.map(({ name, type, description: text }) => ({ name, description: text, type })),
  };
}

interface BlockLike {
  readonly description: string;
  readonly attributes: Readonly<Record<string, AttributeRecord>>;
  readonly blocks?: Readonly<Record<string, BlockRecord>>;
}

function schema(record: TerraformRecord): unknown {
  return { version: record.schemaVersion, block: block(record) };
}

function block({ attributes, blocks, description }: BlockLike): unknown {
  return {
    attributes: mapValues(attributes, attribute),
    ...(blocks && { block_types: mapValues(blocks, nestedBlock) }),
    description,
    description_kind: 'plain',
  };
}

function nestedBlock(record: BlockRecord): unknown {
  return {
    nesting_mode: record.nesting,
    block: block(record),
    ...defined({ min_items: record.minItems, max_items: record.maxItems }),
  };
}

function attribute(record: AttributeRecord): unknown {
  return {
    type: record.type,
    description: record.description,
    description_kind: 'plain',
    ...(record.deprecated !== undefined && { deprecated: true }),
    ...defined({
      required: record.required,
      optional: record.optional,
      computed: record.computed,
      sensitive: record.sensitive,
      write_only: record.writeOnly,
    }),
  };
}

function identitySchemas(): unknown {
  const records: readonly TerraformRecord[] = Object.values(resources);
  return Object.fromEntries(
    records
      .filter((record) => record.identity !== undefined)
      .map((record) => [record.type, { version: 0, attributes: mapValues(record.identity ?? {}, identityAttribute) }]),
  );
}

function identityAttribute(part: NonNullable<TerraformRecord['identity']>[string]): unknown {
  return {
    type: part.type,
    description: part.description,
    ...(part.requiredForImport ? { required_for_import: true } : { optional_for_import: true }),
  };
}

/** Sorted by name, as Terraform prints them. */
function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  make: (value: Value) => Result,
): Readonly<Record<string, Result>> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, make(value)]));
}
