/**
 * The recorded policy documents through the real Terraform: as this provider writes them, and where it is installed as
 * the AWS provider does, so that the record stays true.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageProvider } from '@keystead/provider/package.ts';
import { describeWithGenuine, genuineCliConfig } from '../support/genuine-provider.ts';
import { needs } from '../support/needs.ts';
import { root, run } from '../support/server.ts';

needs('terraform');

interface Recorded {
  readonly name: string;
  readonly config: unknown;
  readonly json?: string;
  readonly minified_json?: string;
}

const recorded: readonly Recorded[] = JSON.parse(
  await readFile(join(root, 'test/provider/data-sources/policy-documents.json'), 'utf8'),
);
/** docs/differences.md. */
const different = ['srcnum', 'srccondnull', 'srccondobj'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-documents-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Texts in JSON configurations are templates. */
function literal(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/([$%])\{/g, '$1$1{');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, literal(item)]));
}

/** Applies all documents at once. @returns what the state has of each */
async function applied(
  documents: readonly Recorded[],
  source: string,
  cliConfigPath: string,
): Promise<readonly unknown[]> {
  const configuration = {
    terraform: { required_providers: { aws: { source } } },
    provider: {
      aws: {
        region: 'us-east-1',
        access_key: 'AKIAEXAMPLE',
        secret_key: 'secret',
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        skip_metadata_api_check: 'true',
        endpoints: [{ kms: 'http://127.0.0.1:1', sts: 'http://127.0.0.1:1' }],
      },
    },
    data: {
      aws_iam_policy_document: Object.fromEntries(
        documents.map(({ config }, number) => [`document_${number}`, literal(config)]),
      ),
    },
  };
  await writeFile(join(directory, 'main.tf.json'), JSON.stringify(configuration));
  const env = { TF_CLI_CONFIG_FILE: cliConfigPath, TF_INPUT: '0', KEYSTEAD_NODE: process.execPath, NODE_OPTIONS: '' };
  for (const command of [['init'], ['apply', '-auto-approve']]) {
    const { code, stdout, stderr } = await run('terraform', [...command, '-no-color'], { cwd: directory, env });
    if (code !== 0) throw new Error(`${stdout}${stderr}`);
  }
  const { resources } = JSON.parse(await readFile(join(directory, 'terraform.tfstate'), 'utf8'));
  const byName = new Map<string, { json: string; minified_json: string }>(
    resources.map(
      (resource: { name: string; instances: { attributes: { json: string; minified_json: string } }[] }) => [
        resource.name,
        resource.instances[0]?.attributes,
      ],
    ),
  );
  return documents.map(({ name }, number) => {
    const found = byName.get(`document_${number}`);
    return { name, json: found?.json, minified_json: found?.minified_json };
  });
}

const expected = (documents: readonly Recorded[]) =>
  documents.map(({ name, json, minified_json }) => ({ name, json, minified_json }));

const written = recorded.filter(({ json }) => json !== undefined);

test('this provider writes the recorded documents byte for byte', async () => {
  const { cliConfigPath } = await packageProvider({
    entry: join(root, 'provider/main.ts'),
    namespace: 'keystead',
    type: 'aws',
    version: '0.1.0',
    outputDirectory: join(directory, 'provider'),
  });
  const same = written.filter(({ name }) => !different.includes(name));
  expect(await applied(same, 'keystead/aws', cliConfigPath)).toEqual(expected(same));
});

describeWithGenuine('the AWS provider', (genuine) => {
  test('writes the recorded documents', async () => {
    expect(await applied(written, 'hashicorp/aws', genuineCliConfig(directory, genuine))).toEqual(expected(written));
  });
});
