/** Each example synthesizes by its own program, with both CDKs. test/examples/lives.test.ts applies them. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
const examples = join(repository, 'cdktf-examples');
const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(examples, entry.name, 'main.ts')))
  .map(({ name }) => name);

type Blocks = Record<string, Record<string, Record<string, unknown>>>;
interface Configuration {
  readonly resource: Blocks;
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly output?: Record<string, { value: string }>;
  readonly terraform: { readonly backend: object; readonly required_providers: Record<string, unknown> };
}

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-examples-'));
  mkdirSync(join(directory, 'cdktn'));
  cpSync(join(examples, 'package.json'), join(directory, 'cdktn/package.json'));
  symlinkSync(join(repository, 'node_modules'), join(directory, 'cdktn/node_modules'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(command: string, options: string[], cwd: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(command, options, {
    cwd,
    encoding: 'utf8',
    env: { ...bareEnvironment(), ...env },
  });
  if (status !== 0) throw new Error(`${command} ${options.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** The environment without anything that an example, the provider or Terraform would take as a setting. */
function bareEnvironment(): Record<string, string> {
  const settings = /^(KEYSTEAD_|AWS_|TF_|CDKTF_)/;
  const kept = Object.entries(process.env).filter(([name]) => !settings.test(name) || name === 'KEYSTEAD_NODE');
  return { ...(Object.fromEntries(kept) as Record<string, string>), KEYSTEAD_NODE: process.execPath };
}

/** Runs the example's program as its README says, writing elsewhere. */
function synthesize(name: string, env: Record<string, string> = {}, folder = name): Configuration {
  return synthesizeAll(name, env, folder).get(name) ?? fail(`${name} writes no stack of its name`);
}

/** Every stack of the example, by its name. */
function synthesizeAll(name: string, env: Record<string, string> = {}, folder = name): Map<string, Configuration> {
  const outdir = join(directory, folder);
  run(process.execPath, ['main.ts'], join(examples, name), { CDKTF_OUTDIR: outdir, ...env });
  return stacksIn(outdir);
}

/** Without what the CDK notes about itself. */
function stacksIn(outdir: string): Map<string, Configuration> {
  return new Map(
    readdirSync(join(outdir, 'stacks')).map((stack) => {
      const text = readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8');
      return [stack, JSON.parse(text, (member, value) => (member === '//' ? undefined : value))];
    }),
  );
}

function fail(message: string): never {
  throw new Error(message);
}

function blocks(configuration: Configuration, type: string): Record<string, unknown>[] {
  return Object.values(configuration.resource[type] ?? {});
}

describe.each(names)('%s', (name) => {
  const env = { KEY_MATERIAL_FILE: '/secrets/key-material.bin' };
  let first: Map<string, Configuration>;

  test('synthesizes stacks of its own name', () => {
    first = synthesizeAll(name, env);
    expect([...first.keys()].filter((stack) => stack !== name && !stack.startsWith(`${name}-`))).toEqual([]);
    for (const { terraform } of first.values()) {
      expect(terraform.backend).toEqual({ local: { path: 'terraform.tfstate' } });
      expect(terraform.required_providers).toEqual({ aws: expect.objectContaining({ source: 'keystead/aws' }) });
    }
  });

  test('says where the control plane is, from the environment', () => {
    const elsewhere = { KEYSTEAD_ENDPOINT: 'https://keys.example.com', KEYSTEAD_REGION: 'ap-south-1' };
    for (const { provider } of synthesizeAll(name, elsewhere, `${name}-elsewhere`).values()) {
      expect(provider.aws?.[0]).toEqual(
        expect.objectContaining({
          endpoints: [expect.objectContaining({ kms: elsewhere.KEYSTEAD_ENDPOINT, sts: elsewhere.KEYSTEAD_ENDPOINT })],
          region: 'ap-south-1',
          // The program that moves says no more than the one that it was.
          ...(name !== 'move-from-aws' && { allowed_account_ids: ['111122223333'] }),
        }),
      );
    }
  });

  test('writes the same with CDK Terrain', () => {
    const copy = join(directory, 'cdktn', name);
    cpSync(join(examples, name), copy, { recursive: true, filter: (path) => !path.includes('cdktf.out') });
    for (const file of readdirSync(copy).filter((file) => file.endsWith('.ts'))) {
      const source = readFileSync(join(copy, file), 'utf8');
      writeFileSync(join(copy, file), source.replaceAll("/cdktf'", "/cdktn'").replaceAll("'cdktf'", "'cdktn'"));
    }
    run(process.execPath, ['main.ts'], copy, { CDKTF_OUTDIR: join(copy, 'out'), ...env });
    expect(stacksIn(join(copy, 'out'))).toEqual(first);
  });

  test('is described, and runs under the CDKTF command line as it does by hand', () => {
    const settings = JSON.parse(readFileSync(join(examples, name, 'cdktf.json'), 'utf8'));
    expect(settings).toEqual(
      expect.objectContaining({ app: 'node main.ts', sendCrashReports: 'false', projectId: expect.any(String) }),
    );
    expect(readFileSync(join(examples, name, 'README.md'), 'utf8')).toContain('cdktf.out/stacks');
    expect(readFileSync(join(examples, 'README.md'), 'utf8')).toContain(`(${name})`);
  });
});

test('Every example has a project id of its own', () => {
  const ids = names.map((name) => JSON.parse(readFileSync(join(examples, name, 'cdktf.json'), 'utf8')).projectId);
  expect(new Set(ids).size).toBe(names.length);
});

describe('key-with-alias', () => {
  test('declares a rotating key, its alias, and who is allowed what', () => {
    const environment = { ADMINISTRATOR: 'arn:aws:iam::111122223333:user/ada', KEY_USER: '444455556666' };
    const configuration = synthesize('key-with-alias', environment);
    const [key] = blocks(configuration, 'aws_kms_key');
    expect(key).toEqual(expect.objectContaining({ enable_key_rotation: true, rotation_period_in_days: 365 }));
    expect(blocks(configuration, 'aws_kms_alias')).toEqual([expect.objectContaining({ name: 'alias/orders' })]);
    const { Statement } = JSON.parse(String(key?.policy));
    expect(Statement.slice(1).map(({ Principal }: { Principal: object }) => Principal)).toEqual([
      { AWS: 'arn:aws:iam::111122223333:user/ada' },
      { AWS: 'arn:aws:iam::444455556666:root' },
    ]);
    expect(Object.keys(configuration.output ?? {})).toEqual(['key_arn']);
  });
});

describe('grant-finance', () => {
  test('declares a grant for one principal and Department=finance alone', () => {
    const configuration = synthesize('grant-finance');
    expect(blocks(configuration, 'aws_kms_grant')).toEqual([
      expect.objectContaining({
        grantee_principal: 'arn:aws:iam::111122223333:user/carol',
        constraints: [{ encryption_context_equals: { Department: 'finance' } }],
      }),
    ]);
    expect(Object.keys(configuration.output ?? {}).sort()).toEqual(['grant_id', 'key_arn']);
  });
});

describe('multi-region', () => {
  test('declares a primary and a replica in the second Region, each with its alias', () => {
    const configuration = synthesize('multi-region', { REPLICA_REGION: 'ap-southeast-2' });
    expect(blocks(configuration, 'aws_kms_key')).toEqual([expect.objectContaining({ multi_region: true })]);
    expect(blocks(configuration, 'aws_kms_replica_key')).toEqual([
      expect.objectContaining({ region: 'ap-southeast-2' }),
    ]);
    const aliases = blocks(configuration, 'aws_kms_alias');
    expect(aliases.map((alias) => [alias.name, alias.region]).sort(([, a]) => (a === undefined ? -1 : 1))).toEqual([
      ['alias/archive', undefined],
      ['alias/archive', 'ap-southeast-2'],
    ]);
  });
});

describe('declare-many', () => {
  test('declares as many keys as KEY_COUNT says, without moving the others', () => {
    const few = synthesize('declare-many', { KEY_COUNT: '3' });
    const more = synthesize('declare-many', { KEY_COUNT: '12' });
    expect(blocks(more, 'aws_kms_key')).toHaveLength(12);
    expect(more.resource.aws_kms_key).toEqual(expect.objectContaining(few.resource.aws_kms_key ?? {}));
  });

  test('refuses a count that is not a number', () => {
    expect(() => synthesize('declare-many', { KEY_COUNT: 'many' })).toThrow(/KEY_COUNT: "many" is not a whole number/);
  });
});
