/** The RPCs that say what the provider has. Nothing here is needed by others: Terraform can keep a schema it has. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { Engine } from '../engine/engine.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { type Rows, rpc } from './rpc.ts';
import { functionMessage, identitySchemaMessage, metaSchemaMessage, schemaMessage } from './schema.ts';

const capabilities: tfplugin6.ServerCapabilities.$Properties = {
  planDestroy: true,
  getProviderSchemaOptional: true,
  moveResourceState: true,
  generateResourceConfig: false,
};

type Types = readonly { readonly record: TerraformRecord }[];

const names = (types: Types) => types.map((type) => ({ typeName: type.record.type }));

function schemas(types: Types): Record<string, tfplugin6.Schema.$Properties> {
  return Object.fromEntries(types.map((type) => [type.record.type, schemaMessage(type.record)]));
}

export function schemaRows<Client>({ provider }: Engine<Client>): Rows {
  const { record, resources, dataSources, ephemeralResources, listResources, actions, meta } = provider;
  const functions = () =>
    Object.fromEntries(provider.functions.map(({ record: each }) => [each.name, functionMessage(each)]));
  return [
    [
      'GetMetadata',
      rpc(tfplugin6.GetMetadata, () => ({
        serverCapabilities: capabilities,
        resources: names(resources),
        dataSources: names(dataSources),
        ephemeralResources: names(ephemeralResources),
        listResources: names(listResources),
        actions: names(actions),
        functions: provider.functions.map(({ record: { name } }) => ({ name })),
      })),
    ],
    [
      'GetProviderSchema',
      rpc(tfplugin6.GetProviderSchema, () => ({
        provider: schemaMessage(record),
        ...defined({ providerMeta: meta && metaSchemaMessage(meta) }),
        resourceSchemas: schemas(resources),
        dataSourceSchemas: schemas(dataSources),
        ephemeralResourceSchemas: schemas(ephemeralResources),
        listResourceSchemas: schemas(listResources),
        actionSchemas: Object.fromEntries(
          actions.map((type) => [type.record.type, { schema: schemaMessage(type.record) }]),
        ),
        functions: functions(),
        serverCapabilities: capabilities,
      })),
    ],
    [
      'GetResourceIdentitySchemas',
      rpc(tfplugin6.GetResourceIdentitySchemas, () => ({
        identitySchemas: Object.fromEntries(
          resources.flatMap(({ record: { type, identity } }) =>
            identity === undefined ? [] : [[type, identitySchemaMessage(identity)]],
          ),
        ),
      })),
    ],
    ['GetFunctions', rpc(tfplugin6.GetFunctions, () => ({ functions: functions() }))],
  ];
}
