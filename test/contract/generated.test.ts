import * as dataSources from '@keystead/provider-schema/data-sources/index.ts';
import { staleFiles } from '@keystead/provider-schema/generate.ts';
import { providerAddress, terraformSchemaDocument } from '@keystead/provider-schema/generators/terraform-schema.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';

type Json = Readonly<Record<string, unknown>>;

describe('generated files', () => {
  test('agree with the records', () => {
    expect(staleFiles()).toEqual([]);
  });
});

interface TypeSchema {
  readonly block?: { readonly attributes: Json };
  readonly attributes?: Json;
}

describe('the Terraform schema document', () => {
  const { provider_schemas: providers } = JSON.parse(terraformSchemaDocument()) as {
    readonly provider_schemas: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, TypeSchema>>>>>>;
  };
  const provider = providers[providerAddress] ?? {};

  test('has the provider, every resource and every data source under the source address keystead/aws', () => {
    expect(Object.keys(providers)).toEqual(['registry.terraform.io/keystead/aws']);
    expect(Object.keys(provider.resource_schemas ?? {})).toEqual(Object.keys(resources).sort());
    expect(Object.keys(provider.data_source_schemas ?? {})).toEqual(Object.keys(dataSources).sort());
  });

  test('sorts attributes as Terraform prints them', () => {
    const attributes = Object.keys(provider.resource_schemas?.aws_kms_key?.block?.attributes ?? {});
    expect(attributes).toEqual([...attributes].sort());
  });

  test('has the resource identities of keys and aliases', () => {
    expect(Object.keys(provider.resource_identity_schemas ?? {}).sort()).toEqual(['aws_kms_alias', 'aws_kms_key']);
    expect(provider.resource_identity_schemas?.aws_kms_key?.attributes?.id).toMatchObject({
      required_for_import: true,
    });
  });
});
