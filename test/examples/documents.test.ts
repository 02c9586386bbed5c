/**
 * Every example of the provider's documents, applied by the real Terraform to a running control plane: each file is a
 * module of one configuration, so that Terraform starts a few times and not a few hundred.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CreateAccountAliasCommand, IAMClient } from '@aws-sdk/client-iam';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { documentedImports, exampleFiles, examplesDirectory } from '../support/document-examples.ts';
import { needs } from '../support/needs.ts';
import { pgpKey } from '../support/pgp-key.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { run, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, requirement, type Workspace } from '../support/terraform.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('terraform', 'openssl');

jest.setTimeout(600_000);

const proxyHost = 'xks.example.com';
const proxyCredential = {
  accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  secretAccessKey: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};
const password = 'correct horse battery staple';

/** Values of the examples' variables that have no default, as expressions. */
const inputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'resources/aws_iam_access_key/example': { public_key: JSON.stringify(pgpKey()) },
  'resources/aws_kms_ciphertext/example': { database_password: JSON.stringify(password) },
  'resources/aws_kms_custom_key_store/example': {
    proxy_access_key_id: JSON.stringify(proxyCredential.accessKeyId),
    proxy_secret_access_key: JSON.stringify(proxyCredential.secretAccessKey),
  },
  'resources/aws_kms_external_key/example': { key_material_base64: `"${Buffer.alloc(32, 1).toString('base64')}"` },
  'resources/aws_kms_replica_external_key/example': {
    key_material_base64: `"${Buffer.alloc(32, 2).toString('base64')}"`,
  },
  'ephemeral-resources/aws_kms_secrets/example': { encrypted_password: 'aws_kms_ciphertext.password.ciphertext_blob' },
};

/**
 * Terraform 1.11 does not know list resources and actions yet: test/provider/documented-queries.test.ts has them. The key
 * store on a token is applied where there are tokens: test/e2e/terraform-key-stores.test.ts.
 */
const elsewhere = /^(provider|actions)\/|\.tfquery\.hcl$|^resources\/aws_kms_custom_key_store\/token\.tf$/;
const applied = exampleFiles().filter((file) => !elsewhere.test(file));
const names = applied.map((file) => file.replace(/\.tf$/, ''));
const moduleOf = (name: string): string => name.replaceAll('/', '-');
const ofResources = names.filter((name) => name.startsWith('resources/'));

let authority: CertificateAuthority;
let proxy: TestXksProxy;
let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  proxy = await startXksProxy({ certificate: await authority.issue(proxyHost), ...proxyCredential });
  server = await startServer({
    args: Object.entries({
      '--xks-ca-file': authority.certificateFile,
      '--xks-connect-to': `${proxyHost}=127.0.0.1:${proxy.port}`,
      '--xks-timeout': '20000',
    }).flat(),
  });
  const iam = new IAMClient(clientSettings());
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'acme' }));
  iam.destroy();
  workspace = await openWorkspace(server, { TF_VAR_keystead_endpoint: server.endpoint });
  for (const name of names) await copyExample(name);
  await write(await configuration());
  await terraform('init');
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
  await proxy?.stop();
  await authority?.remove();
});

const clientSettings = () => ({
  endpoint: server.endpoint,
  region: 'us-east-1',
  credentials: server.credentials,
});

async function terraform(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await workspace.terraform(...args);
  if (code === 0) return stdout;
  throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
}

async function copyExample(name: string): Promise<void> {
  const directory = join(workspace.directory, 'examples', name);
  await mkdir(directory, { recursive: true });
  await cp(join(examplesDirectory, `${name}.tf`), join(directory, `${basename(name)}.tf`));
  await writeFile(join(directory, 'versions.tf'), requirement);
}

const write = (text: string) => writeFile(join(workspace.directory, 'main.tf'), text);

/** The provider's example with others as modules, and the ciphertext that one of them decrypts. */
async function configuration(of: readonly string[] = names): Promise<string> {
  const provider = await readFile(join(examplesDirectory, 'provider/example.tf'), 'utf8');
  const modules = of.map((name) => {
    const values = Object.entries(inputs[name] ?? {}).map(([variable, value]) => `  ${variable} = ${value}\n`);
    return `module "${moduleOf(name)}" {\n  source = "./examples/${name}"\n${values.join('')}}\n`;
  });
  const functions = of.filter((name) => name.startsWith('functions/'));
  const results = functions.map((name) => `    "${name.split('/')[1]}" = module.${moduleOf(name)}\n`);
  return `${provider}
resource "aws_kms_ciphertext" "password" {
  key_id     = "alias/payments"
  plaintext  = "${password}"
  context    = { app = "payments" }
  depends_on = [module.resources-aws_kms_alias-example]
}
${modules.join('')}output "functions" {
  value = {
${results.join('')}  }
}
`;
}

interface ShownModule {
  readonly resources?: readonly { readonly address: string; readonly values: Readonly<Record<string, unknown>> }[];
  readonly child_modules?: readonly ShownModule[];
}

/** Values by address, of all modules. */
async function state(): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const { values } = JSON.parse(await terraform('show', '-json'));
  const all = ({ resources = [], child_modules: inner = [] }: ShownModule): ShownModule['resources'] & object => [
    ...resources,
    ...inner.flatMap(all),
  ];
  return new Map(all(values.root_module).map((resource) => [resource.address, resource.values]));
}

test('examples are written as terraform fmt writes them', async () => {
  const { stdout } = await run('terraform', ['fmt', '-check', '-recursive', examplesDirectory]);
  expect(stdout).toBe('');
});

test('examples are served whole, says keystead terraform check', async () => {
  const directories = [...new Set(exampleFiles().map((file) => join(examplesDirectory, dirname(file))))];
  const { code, stdout, stderr } = await server.keystead('terraform', 'check', '--json', ...directories);
  expect([code, stderr, JSON.parse(stdout).findings]).toEqual([0, '', []]);
});

test('every example is applied, and planned again without changes', async () => {
  // Data sources and ephemeral resources are about what exists already.
  await write(await configuration(ofResources));
  await workspace.apply();
  await write(await configuration());
  await workspace.apply();
  expect(await workspace.plan()).toMatchObject({ code: 0 });
});

test('functions answer what the examples say', async () => {
  expect(JSON.parse(await terraform('output', '-json', 'functions'))).toEqual({
    arn_build: { alias_arn: 'arn:aws:kms:eu-west-1:111122223333:alias/payments' },
    arn_parse: { account: '111122223333' },
    trim_iam_role_path: { role_arn: 'arn:aws:iam::111122223333:role/deploy' },
    user_agent: { product: 'payments-module/1.4.0 (internal)' },
  });
});

test('ephemeral values arrive where the examples put them', async () => {
  const values = await state();
  const again = values.get('module.ephemeral-resources-aws_kms_secrets-example.aws_kms_ciphertext.again');
  const kms = new KMSClient(clientSettings());
  const CiphertextBlob = Buffer.from(String(again?.ciphertext_blob), 'base64');
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob }));
  kms.destroy();
  expect(Buffer.from(Plaintext ?? []).toString()).toBe(password);
  const copy = values.get('module.ephemeral-resources-aws_kms_data_key-example.aws_kms_external_key.copy');
  expect(copy).toMatchObject({ key_state: 'Enabled' });
});

/** What an import cannot know, where the examples set it, and what the plan after it does. */
const unknownToImport: Readonly<Record<string, readonly [attribute: string, actions: string]>> = {
  aws_iam_access_key: ['pgp_key', 'delete,create'],
  aws_kms_custom_key_store: ['xks_proxy_authentication_credential', 'update'],
  aws_kms_external_key: ['key_material_base64_wo_version', 'update'],
  aws_kms_key: ['deletion_window_in_days', 'update'],
  aws_kms_replica_external_key: ['key_material_base64_wo_version', 'update'],
  aws_kms_replica_key: ['deletion_window_in_days', 'update'],
  kms_data_key_without_plaintext: ['keepers', 'delete,create'],
};

test('the import ids of the documents, with the ids of this run, find what the examples made', async () => {
  const made = await state();
  const imports = documentedImports().map(({ type, id, address }) => {
    const to = `module.resources-${type}-example.${address}`;
    return { type, to, id: withIdsOf(made.get(to) ?? {}, id) };
  });
  const changes = await plannedImports(imports);
  for (const { type, to, id } of imports) {
    const { importing, before, after, actions } = changes.get(to) ?? {};
    expect([to, importing?.id, before?.arn]).toEqual([to, id, made.get(to)?.arn]);
    const differing = Object.keys(after ?? {}).filter(
      (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
    );
    const [lacking, then] = unknownToImport[type] ?? [undefined, 'no-op'];
    expect([to, actions?.join()]).toEqual([to, then]);
    if (lacking !== undefined) expect([to, differing]).toEqual([to, expect.arrayContaining([lacking])]);
  }
});

/** Plans to import what the state has, as if it had not; the state stays. */
async function plannedImports(
  imports: readonly { readonly to: string; readonly id: string }[],
): Promise<ReadonlyMap<string, PlannedImport['change']>> {
  const stateFile = join(workspace.directory, 'terraform.tfstate');
  const kept = await readFile(stateFile, 'utf8');
  try {
    await terraform('state', 'rm', ...imports.map(({ to }) => to));
    const blocks = imports.map(({ to, id }) => `import {\n  to = ${to}\n  id = "${id}"\n}\n`);
    await write(`${await configuration(ofResources)}${blocks.join('')}`);
    await terraform('plan', '-out=imports');
    const { resource_changes: changes } = JSON.parse(await terraform('show', '-json', 'imports'));
    return new Map(changes.map(({ address, change }: PlannedImport) => [address, change]));
  } finally {
    await writeFile(stateFile, kept);
    await write(await configuration());
  }
}

interface PlannedImport {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly importing?: { readonly id: string };
  };
}

/** Ids that are generated differ at every run; names and the account are those of the documents. */
function withIdsOf(values: Readonly<Record<string, unknown>>, id: string): string {
  const own = (...attributes: readonly string[]) =>
    String(attributes.map((name) => values[name]).find((value) => typeof value === 'string') ?? '');
  return id
    .replace(/1234abcd-12ab-34cd-56ef-1234567890ab|mrk-1234abcd12ab34cd56ef1234567890ab/, own('key_id', 'id'))
    .replace(/abcde1237f76e4ba7987489ac329fbfba6ad343d6f7075dbd1ef191f0120514a/, own('grant_id'))
    .replace(/^(AKIAIOSFODNN7EXAMPLE|cks-1234567890abcdef0)$/, own('id'))
    .replace(/,AQID[\w+/]+$/, `,${own('ciphertext_blob')}`);
}

test('with the provider block that refuses unsafe changes, used keys are not destroyed', async () => {
  const block = await readFile(join(examplesDirectory, 'provider/safe-plans.tf'), 'utf8');
  await write(`${requirement}${block}`);
  const { code, stderr } = await workspace.terraform('plan', '-destroy', '-no-color');
  await write(await configuration());
  expect([code, stderr]).toEqual([1, expect.stringContaining('alias/payments')]);
});

test('everything that the examples made is destroyed', async () => {
  await terraform('destroy', '-auto-approve');
  expect((await terraform('state', 'list')).trim()).toBe('');
});
