/** The schema of this provider beside that of the genuine AWS provider, where it is installed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { terraformSchemaDocument } from '@keystead/provider-schema/generators/terraform-schema.ts';
import { describeWithGenuine, type GenuineProvider, genuineCliConfig } from '../support/genuine-provider.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/server.ts';

needs('terraform');

interface Attribute {
  readonly type: unknown;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

interface Schemas {
  readonly provider: { readonly block: Block };
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

const parse = (text: string): Schemas => Object.values(JSON.parse(text).provider_schemas)[0] as Schemas;

async function schemasOf(genuine: GenuineProvider): Promise<Schemas> {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-aws-schema-'));
  try {
    await writeFile(
      join(directory, 'main.tf'),
      'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n',
    );
    const options = { cwd: directory, env: { TF_CLI_CONFIG_FILE: genuineCliConfig(directory, genuine) } };
    const init = await run('terraform', ['init', '-no-color'], options);
    if (init.code !== 0) throw new Error(init.stderr);
    return parse((await run('terraform', ['providers', 'schema', '-json'], options)).stdout);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the genuine block has and this one has not, or has otherwise. */
function missing(where: string, theirs: Block, ours: Block): readonly string[] {
  const attributes = Object.entries(theirs.attributes ?? {}).flatMap(([name, attribute]) =>
    flags(attribute) === flags(ours.attributes?.[name])
      ? []
      : [`${where}.${name}: ${flags(attribute)}, here ${flags(ours.attributes?.[name])}`],
  );
  const blocks = Object.entries(theirs.block_types ?? {}).flatMap(([name, { nesting_mode, block }]) => {
    const own = ours.block_types?.[name];
    if (own?.nesting_mode !== nesting_mode) return [`${where}.${name}: a ${nesting_mode} of blocks`];
    return missing(`${where}.${name}`, block, own.block);
  });
  return [...attributes, ...blocks];
}

function flags(attribute: Attribute | undefined): string {
  if (attribute === undefined) return 'nothing';
  const { type, required, optional, computed, sensitive } = attribute;
  const set = Object.entries({ required, optional, computed, sensitive }).flatMap(([name, is]) => (is ? [name] : []));
  return `${JSON.stringify(type)} ${set.join(' ')}`;
}

describeWithGenuine('beside the AWS provider', (genuine) => {
  test('data sources and provider block have everything that it has', async () => {
    const [theirs, ours] = [await schemasOf(genuine), parse(terraformSchemaDocument())];
    const compared = Object.keys(ours.data_source_schemas).filter((type) => theirs.data_source_schemas[type]);
    expect(compared.length).toBeGreaterThan(18);
    const found = compared.flatMap((type) => {
      const [one, other] = [theirs.data_source_schemas[type]?.block, ours.data_source_schemas[type]?.block];
      return missing(type, one ?? {}, other ?? {});
    });
    expect(found).toEqual([]);
    // Secrets of the provider block are sensitive here, and not upstream.
    const secrets = [
      'provider.secret_key',
      'provider.token',
      'provider.assume_role_with_web_identity.web_identity_token',
    ];
    const ofBlock = missing('provider', theirs.provider.block, ours.provider.block);
    expect(ofBlock.map((line) => line.split(':')[0]).sort()).toEqual([...secrets].sort());
  });
});
