/** `keystead drift --publish` and `--incremental` against a running control plane. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DisableKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { root, runKeystead, startServer, type TestServer } from '../support/server.ts';

jest.setTimeout(60_000);

let server: TestServer;
let client: KMSClient;
let directory: string;
let state: string;
let keyId: string;

beforeAll(async () => {
  server = await startServer();
  directory = await mkdtemp(join(tmpdir(), 'keystead-kept-'));
  state = join(directory, 'state.json');
  client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: 'orders' }));
  keyId = KeyMetadata?.KeyId ?? '';
  const { Policy: policy } = await client.send(new GetKeyPolicyCommand({ KeyId: keyId }));
  const values = { arn: KeyMetadata?.Arn, key_id: keyId, region: 'us-east-1', is_enabled: true };
  const key = { address: 'aws_kms_key.orders', mode: 'managed', type: 'aws_kms_key' };
  const resources = [{ ...key, values: { ...values, description: 'orders', policy } }];
  await writeFile(state, JSON.stringify({ format_version: '1.0', values: { root_module: { resources } } }));
});

afterAll(async () => {
  client?.destroy();
  await server?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const drift = (...args: string[]) => runKeystead(['drift', '--state', state, ...args], server.env);
const metrics = async () => (await fetch(`${server.endpoint}/metrics`)).text();

test('a report is published, the next run goes on from it, and metrics tell of both', async () => {
  const first = await drift('--publish', 'orders', '--incremental');
  expect([first.code, first.stderr]).toEqual([0, 'keystead: published as report 1 of orders\n']);
  expect(first.stdout).toContain('Everything was compared: it is the first report.');
  const same = await drift('--publish', 'orders', '--incremental');
  expect(same.stdout).toBe(
    'No drift: 1 declared resource compared, all as declared.\n' +
      'Went on from the last report: 0 changes since then, 0 keys read.\n',
  );
  expect(await metrics()).toContain(
    'keystead_drift_findings{account="111122223333",stack="orders",severity="use-lost"} 0',
  );

  await client.send(new DisableKeyCommand({ KeyId: keyId }));
  const changed = await drift('--publish', 'orders', '--incremental', '--json');
  expect([changed.code, changed.stderr]).toEqual([2, 'keystead: published as report 3 of orders\n']);
  const report = JSON.parse(changed.stdout);
  expect(report).toMatchObject({
    incremental: { changes: 1, keysRead: 1 },
    findings: [{ attribute: 'is_enabled', cause: { eventName: 'DisableKey' } }],
  });
  const { incremental: _, ...whole } = report;
  expect(JSON.parse((await drift('--json')).stdout)).toEqual(whole);
  const seen = await metrics();
  expect(seen).toContain('keystead_drift_findings{account="111122223333",stack="orders",severity="use-lost"} 1');
  expect(seen).toMatch(
    /keystead_drift_last_compared_timestamp_seconds\{account="111122223333",stack="orders"\} 1\d{9}/,
  );
});

test('the findings of the kept report are those of the run', async () => {
  const { code, stdout } = await drift('--publish', 'kept', '--json');
  expect(code).toBe(2);
  const answer = await callRest('/v1/drift-reports/kept');
  expect(answer).toMatchObject({ DriftReport: { StackName: 'kept', Number: 1, Resources: 1 } });
  expect(JSON.parse(Buffer.from(String(answer.Document), 'base64').toString())).toEqual(JSON.parse(stdout));
});

async function callRest(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { signRequest } = await import('@keystead/control-plane/sigv4/verify.ts');
  const url = new URL(path, server.endpoint);
  const signing = { region: 'us-east-1', service: 'kms', nowMs: Date.now(), credentials: server.credentials };
  const headers = signRequest({ method: 'GET', url, headers: {}, body: new Uint8Array(), ...signing });
  return (await (await fetch(url, { headers })).json()) as Readonly<Record<string, unknown>>;
}

describe('is refused', () => {
  test('--incremental without a stack', async () => {
    const { code, stderr } = await drift('--incremental');
    expect([code, stderr]).toEqual([1, expect.stringContaining('--incremental goes on from a published report')]);
  });

  test('a name that no stack can have', async () => {
    const { code, stderr } = await drift('--publish', '../orders');
    expect([code, stderr]).toEqual([1, expect.stringContaining('"../orders" is not a name of a stack')]);
  });

  test('stacks of several control planes under one name', async () => {
    const config = join(directory, 'several.yaml');
    const stacks = ['http://127.0.0.1:1', server.endpoint].map(
      (endpoint) => `  - { state: ${state}, endpoint: "${endpoint}" }`,
    );
    await writeFile(config, `stacks:\n${stacks.join('\n')}\n`);
    const { code, stderr } = await runKeystead(['drift', '--config', config, '--publish', 'orders'], server.env);
    expect([code, stderr]).toEqual([1, expect.stringContaining('the stacks have several control planes')]);
  });
});

test('a report of another principal is not gone on from', async () => {
  await drift('--publish', 'shared', '--incremental');
  const made = await server.keystead('identity', 'create-user', 'drift');
  const [, accessKeyId = ''] = /aws_access_key_id = (\S+)/.exec(made.stdout) ?? [];
  const [, secretAccessKey = ''] = /aws_secret_access_key = (\S+)/.exec(made.stdout) ?? [];
  const policy = join(directory, 'policy.json');
  await writeFile(
    policy,
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
  );
  await server.keystead('identity', 'create-policy', 'all', policy);
  await server.keystead('identity', 'attach-policy', 'all', '--user', 'drift');
  const env = { ...server.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const other = await runKeystead(['drift', '--state', state, '--publish', 'shared', '--incremental'], env);
  expect(other.stdout).toContain('Everything was compared: the last report is by arn:aws:iam::111122223333:root.');
});

test('each command of the guide does what the guide says', async () => {
  const guide = await readFile(join(root, 'docs/guide/drift-reports.md'), 'utf8');
  const [block = ''] = [...guide.matchAll(/^```\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const commands = block.trim().split('\n');
  expect(commands.map((line) => line.replace(/\s+#.*$/, ''))).toEqual([
    'keystead drift --publish orders',
    'keystead drift --publish orders --incremental',
  ]);
  for (const line of commands) {
    const [, ...args] = line.replace(/\s+#.*$/, '').split(' ');
    const { stderr } = await runKeystead([...args, '--state', state], server.env);
    expect(stderr).toMatch(/^keystead: published as report \d+ of orders\n$/);
  }
});

test('the report that is kept has its schema', async () => {
  const { default: Ajv } = await import('ajv/dist/2020.js');
  const schema = JSON.parse(await readFile(join(root, 'docs/reference/drift-report.schema.json'), 'utf8'));
  const validate = new Ajv.default({ allErrors: true }).compile(schema);
  const { stdout } = await drift('--publish', 'orders', '--incremental', '--json');
  expect([validate(JSON.parse(stdout)), validate.errors]).toEqual([true, null]);
});
