/** The checked-in schema document is the one that the real Terraform prints for the packaged provider. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageProvider } from '@keystead/provider/package.ts';
import { needs } from '../support/needs.ts';

needs('terraform');

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const provider = 'registry.terraform.io/keystead/aws';

type Document = { readonly provider_schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

test('terraform prints the schema of the provider exactly as it is checked in', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-schema-'));
  try {
    const { cliConfigPath } = await packageProvider({
      entry: join(root, 'provider/main.ts'),
      namespace: 'keystead',
      type: 'aws',
      version: '0.1.0',
      outputDirectory: join(directory, 'provider'),
    });
    await writeFile(
      join(directory, 'main.tf'),
      'terraform {\n  required_providers {\n    aws = { source = "keystead/aws" }\n  }\n}\n',
    );
    const options = {
      cwd: directory,
      maxBuffer: 16 * 1024 * 1024,
      env: {
        ...process.env,
        TF_CLI_CONFIG_FILE: cliConfigPath,
        KEYSTEAD_NODE: process.execPath,
        NODE_OPTIONS: '',
      },
    };
    await run('terraform', ['init', '-input=false', '-no-color'], options);
    const { stdout } = await run('terraform', ['providers', 'schema', '-json'], options);
    const printed = (JSON.parse(stdout) as Document).provider_schemas[provider];
    const checkedIn = JSON.parse(
      await readFile(join(root, 'provider-schema/generated/terraform-schema.json'), 'utf8'),
    ) as Document;
    const { resource_identity_schemas: identities, ...rest } = checkedIn.provider_schemas[provider] ?? {};
    // Terraform before 1.12 does not request identities and does not print any.
    const expected =
      printed?.resource_identity_schemas === undefined ? rest : { ...rest, resource_identity_schemas: identities };
    expect(printed).toEqual(expected);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
