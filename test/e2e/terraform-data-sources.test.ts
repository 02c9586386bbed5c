/** Every data source, applied by the real Terraform against a real control plane; and a mirror under another source. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageOptions, packageProvider } from '@keystead/provider/package.ts';
import * as records from '@keystead/provider-schema/data-sources/index.ts';
import { describeWithGenuine, genuineCliConfig } from '../support/genuine-provider.ts';
import { needs } from '../support/needs.ts';
import { root, run, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform', 'aws');

let server: TestServer;
let workspace: Workspace;
beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

/** `aws`, with the root principal of the server. */
async function aws(...args: string[]): Promise<unknown> {
  const env = { ...server.env, AWS_ENDPOINT_URL: server.endpoint };
  const { code, stdout, stderr } = await run('aws', [...args, '--output', 'json'], { env });
  if (code !== 0) throw new Error(stderr);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

const account = 'arn:aws:iam::111122223333';

async function makeIdentities(): Promise<void> {
  const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}`;
  const use = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`;
  await aws('iam', 'create-account-alias', '--account-alias', 'acme');
  await aws('iam', 'create-user', '--user-name', 'ann', '--path', '/team/', '--tags', 'Key=a,Value=b');
  await aws(
    'iam',
    'create-role',
    ...['--role-name', 'orders', '--path', '/apps/', '--assume-role-policy-document', trust],
  );
  await aws('iam', 'create-policy', ...['--policy-name', 'use-keys', '--policy-document', use, '--description', 'Use']);
}

/** Data sources that ask about nothing this configuration makes. */
const standing = `
provider "aws" {
  default_tags {
    tags = { team = "keys" }
  }
}
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}
data "aws_default_tags" "mine" {}
data "aws_service_principal" "logs" {
  service_name = "logs"
}
data "aws_iam_account_alias" "mine" {}
data "aws_iam_user" "ann" {
  user_name = "ann"
}
data "aws_iam_role" "orders" {
  name = "orders"
}
data "aws_iam_policy" "named" {
  name = "use-keys"
}
data "aws_iam_policy" "of_aws" {
  arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
data "aws_iam_session_context" "session" {
  arn = "arn:aws:sts::111122223333:assumed-role/orders/ci"
}
`;

const configuration = `
${standing}resource "aws_kms_key" "a" {
  description = "a"
  policy      = data.aws_iam_policy_document.key.json
  tags        = { stage = "live" }
}
resource "aws_kms_alias" "a" {
  name          = "alias/orders-a"
  target_key_id = aws_kms_key.a.key_id
}
resource "aws_kms_key" "signing" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:\${data.aws_partition.here.partition}:iam::\${data.aws_caller_identity.me.account_id}:root"]
    }
  }
}
data "aws_arn" "key" {
  arn = aws_kms_key.a.arn
}
data "aws_kms_key" "a" {
  key_id = aws_kms_alias.a.name
}
data "aws_kms_alias" "a" {
  name = aws_kms_alias.a.name
}
data "aws_kms_keys" "live" {
  tags       = { stage = "live", team = "keys" }
  key_state  = "Enabled"
  depends_on = [aws_kms_alias.a, aws_kms_key.signing]
}
data "aws_kms_keys" "signing" {
  key_spec   = "ECC_NIST_P256"
  depends_on = [aws_kms_key.signing]
}
data "aws_kms_aliases" "orders" {
  alias      = "alias/orders-*"
  depends_on = [aws_kms_alias.a]
}
data "aws_kms_public_key" "signing" {
  key_id = aws_kms_key.signing.arn
}
data "aws_kms_ciphertext" "a" {
  key_id    = aws_kms_alias.a.arn
  plaintext = "Grüße"
  context   = { a = "b" }
}
data "aws_kms_secrets" "a" {
  secret {
    name    = "greeting"
    payload = data.aws_kms_ciphertext.a.ciphertext_blob
    context = { a = "b" }
  }
}
data "aws_kms_key_last_usage" "a" {
  key_id     = aws_kms_key.a.key_id
  depends_on = [data.aws_kms_secrets.a]
}
`;

test('every data source reads what the control plane has', async () => {
  await makeIdentities();
  await workspace.write(configuration);
  await workspace.apply();
  const state = await workspace.state();
  const data = (address: string) => state.get(`data.${address}`);
  const key = state.get('aws_kms_key.a');
  const signing = state.get('aws_kms_key.signing');
  expect(JSON.parse(String(key?.policy))).toEqual(JSON.parse(String(data('aws_iam_policy_document.key')?.json)));
  expect(data('aws_region.here')).toMatchObject({ region: 'us-east-1', description: 'US East (N. Virginia)' });
  expect(data('aws_default_tags.mine')).toMatchObject({ tags: { team: 'keys' } });
  expect(data('aws_arn.key')).toMatchObject({ service: 'kms', resource: `key/${key?.key_id}` });
  expect(data('aws_service_principal.logs')).toMatchObject({ name: 'logs.amazonaws.com' });
  expect(data('aws_iam_account_alias.mine')).toMatchObject({ account_alias: 'acme' });
  expect(data('aws_iam_user.ann')).toMatchObject({ arn: `${account}:user/team/ann`, path: '/team/', tags: { a: 'b' } });
  expect(data('aws_iam_role.orders')).toMatchObject({ path: '/apps/', max_session_duration: 3600, role_last_used: [] });
  expect(JSON.parse(String(data('aws_iam_role.orders')?.assume_role_policy))).toMatchObject({ Version: '2012-10-17' });
  expect(data('aws_iam_policy.named')).toMatchObject({ arn: `${account}:policy/use-keys`, description: 'Use' });
  expect(JSON.parse(String(data('aws_iam_policy.named')?.policy))).toMatchObject({ Statement: [{ Action: 'kms:*' }] });
  expect(data('aws_iam_policy.of_aws')).toMatchObject({ name: 'AdministratorAccess', path: '/' });
  expect(data('aws_iam_session_context.session')).toMatchObject({
    issuer_arn: `${account}:role/apps/orders`,
    issuer_id: data('aws_iam_role.orders')?.unique_id,
    session_name: 'ci',
  });
  expect(data('aws_kms_key.a')).toMatchObject({ arn: key?.arn, description: 'a' });
  expect(data('aws_kms_alias.a')).toMatchObject({ target_key_arn: key?.arn });
  expect(data('aws_kms_keys.live')).toMatchObject({ ids: [key?.key_id], arns: [key?.arn] });
  expect(data('aws_kms_keys.signing')).toMatchObject({ ids: [signing?.key_id] });
  expect(data('aws_kms_aliases.orders')).toMatchObject({ names: ['alias/orders-a'], target_key_ids: [key?.key_id] });
  expect(data('aws_kms_public_key.signing')).toMatchObject({
    public_key_pem: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----\n$/),
    signing_algorithms: ['ECDSA_SHA_256'],
  });
  expect(data('aws_kms_secrets.a')).toMatchObject({ plaintext: { greeting: 'Grüße' } });
  expect(data('aws_kms_key_last_usage.a')).toMatchObject({ key_last_usage: [{ operation: 'Decrypt' }] });

  const read = new Set([...state.keys()].flatMap((address) => /^data\.(\w+)/.exec(address)?.[1] ?? []));
  const elsewhere = ['aws_kms_custom_key_store', 'aws_kms_secret'];
  expect([...read, ...elsewhere].sort()).toEqual(Object.keys(records).sort());
});

describeWithGenuine('the AWS provider', (genuine) => {
  test('reads the same', async () => {
    const directory = join(workspace.directory, 'genuine');
    await mkdir(directory);
    await writeFile(join(directory, 'main.tf'), standing);
    const env = {
      ...server.env,
      AWS_ENDPOINT_URL: server.endpoint,
      TF_CLI_CONFIG_FILE: genuineCliConfig(directory, genuine),
    };
    for (const command of [['init'], ['apply', '-auto-approve']]) {
      const { code, stdout, stderr } = await run('terraform', [...command, '-no-color'], { cwd: directory, env });
      if (code !== 0) throw new Error(stdout + stderr);
    }
    const { stdout } = await run('terraform', ['show', '-json'], { cwd: directory, env });
    const ours = await workspace.state();
    const theirs: readonly { address: string; values: object }[] = JSON.parse(stdout).values.root_module.resources;
    expect(theirs.length).toBeGreaterThan(9);
    for (const { address, values } of theirs)
      expect({ address, ...ours.get(address) }).toMatchObject({ address, ...values });
  });
});

test('aws_kms_secret fails at plan and says what took its place', async () => {
  await workspace.write('data "aws_kms_secret" "old" {\n  secret {\n    name = "a"\n    payload = "AAAA"\n  }\n}\n');
  const { code, stderr } = await workspace.terraform('plan', '-no-color');
  expect(code).toBe(1);
  expect(stderr).toContain('aws_kms_secret was replaced by aws_kms_secrets');
});

test('arguments of older versions of the AWS provider apply, with warnings', async () => {
  await workspace.write(`
provider "aws" {
  skip_get_ec2_platforms = true
  s3_force_path_style    = true
  skip_metadata_api_check = true
  endpoints {
    kms      = "${server.endpoint}"
    worklink = "${server.endpoint}"
    s3       = "${server.endpoint}"
  }
}
data "aws_region" "here" {
  name = "eu-west-1"
}
`);
  const { stdout } = await workspace.terraform('validate', '-json');
  const found: readonly { severity: string; detail: string }[] = JSON.parse(stdout).diagnostics;
  expect(found.map(({ severity, detail }) => `${severity}: ${detail}`).sort()).toEqual([
    'warning: name is deprecated. Use region instead.',
    'warning: s3_force_path_style is deprecated. Use s3_use_path_style instead.',
    expect.stringMatching(/^warning: skip_get_ec2_platforms is deprecated\. AWS retired EC2-Classic/),
  ]);
  await workspace.apply();
  expect((await workspace.state()).get('data.aws_region.here')).toMatchObject({ region: 'eu-west-1' });
});

test.each(['~> 3.0', '~> 4.0', '~> 5.0', '~> 6.0', '>= 6.28'])(
  'a module that wants hashicorp/aws %s gets this provider from the mirror under that source',
  async (constraint) => {
    const directory = join(workspace.directory, constraint.replaceAll(/\W/g, '-'));
    const { cliConfigPath } = await packageProvider({
      ...packageOptions(['--as', 'hashicorp/aws', directory], '0.1.0'),
      entry: join(root, 'provider/main.ts'),
    });
    await writeFile(
      join(directory, 'main.tf'),
      `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "${constraint}"
    }
  }
}
data "aws_caller_identity" "me" {}
data "aws_kms_keys" "all" {}
`,
    );
    const env = { ...server.env, TF_CLI_CONFIG_FILE: cliConfigPath, KEYSTEAD_NODE: process.execPath, NODE_OPTIONS: '' };
    for (const command of [['init'], ['apply', '-auto-approve']]) {
      const { code, stdout, stderr } = await run('terraform', [...command, '-no-color'], { cwd: directory, env });
      expect(`${code}\n${code === 0 ? '' : stdout + stderr}`).toBe('0\n');
    }
    await rm(directory, { recursive: true });
  },
);
