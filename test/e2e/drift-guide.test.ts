/** The commands and the file of the guide to drift, as a reader meets them, in an applied stack. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { readDriftFile } from '@keystead/control-plane/cli/drift/states/drift-file.ts';
import { needs } from '../support/needs.ts';
import { command, root, run, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

let server: TestServer;
let workspace: Workspace;
let commands: readonly string[];
let guide: string;

beforeAll(async () => {
  guide = await readFile(join(root, 'docs/guide/drift.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, language, block = '']) =>
    language === '' ? [block] : [],
  );
  commands = blocks
    .flatMap((block) => block.split('\n'))
    .filter((line) => line !== '')
    .map((line) => line.replace(/\s+#.*$/, ''));
  server = await startServer();
  workspace = await openWorkspace(server);
  await workspace.write('resource "aws_kms_key" "orders" {}\n');
  await workspace.apply();
  await mkdir(join(workspace.directory, 'bin'));
  await writeFile(join(workspace.directory, 'bin/keystead'), `#!/bin/sh\nexec ${process.execPath} ${command} "$@"\n`);
  await chmod(join(workspace.directory, 'bin/keystead'), 0o755);
});

afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

const shell = (line: string) =>
  run('bash', ['-c', `PATH="$PWD/bin:$PATH"; ${line}`], { cwd: workspace.directory, env: workspace.env });

test('the guide has the commands that are run here, in this order', () => {
  expect(commands).toEqual([
    'cd my-stack',
    'keystead drift',
    'terraform plan -out=code.tfplan',
    'keystead drift --plan code.tfplan',
    'keystead drift --code',
    'keystead drift --state state.json --code cdktf.out',
    'keystead drift accept --note "release 7"',
    'keystead drift',
    'keystead drift explain 4f1d6a0c2b',
    'keystead drift watch',
  ]);
});

test('each does what the guide says', async () => {
  const [
    ,
    drift = '',
    plan = '',
    ofPlan = '',
    ofCode = '',
    ofProgram = '',
    accept = '',
    again = '',
    explain = '',
    watch = '',
  ] = commands;
  expect(await shell(drift)).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift') });
  expect(await shell(`${plan} && ${ofPlan}`)).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift') });
  expect(await shell(ofCode)).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift') });
  const program =
    'mkdir -p cdktf.out/stacks/a && echo \'{"resource":{"aws_kms_key":{"orders":{}}}}\' > "$_/cdk.tf.json"';
  expect(await shell(`${program} && terraform show -json > state.json && ${ofProgram}`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('No drift'),
  });
  const accepted = await shell(accept);
  expect(accepted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Baseline default: \d+ changes accepted/) });
  const position = /up to change (\d+)\./.exec(accepted.stdout)?.[1];
  expect(await shell(again)).toMatchObject({ code: 0, stdout: expect.stringContaining('with the baseline default') });
  const client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  await client.send(new DisableKeyCommand({ KeyId: String((await workspace.state()).get('aws_kms_key.orders')?.id) }));
  client.destroy();
  const { findings } = JSON.parse((await shell(`${drift} --json`)).stdout) as { findings: { id: string }[] };
  expect(findings).toHaveLength(1);
  const explained = await shell(explain.replace('4f1d6a0c2b', String(findings[0]?.id)));
  expect(explained).toMatchObject({ code: 0, stdout: expect.stringContaining(' DisableKey\n') });
  expect(await shell(`${watch} --once --after ${position}`)).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('DisableKey of key'),
  });
});

test('the file of stacks can be read', async () => {
  const text = /^```yaml\n(.*?)^```$/ms.exec(guide)?.[1] ?? '';
  const file = join(workspace.directory, 'guide.yaml');
  await writeFile(file, text);
  const defaults = {
    endpoint: 'http://x',
    region: 'us-east-1',
    provider: 'keystead/aws',
    terraform: 'terraform',
    mayBeEmpty: false,
  };
  const { stacks, complete, ignore, settings } = await readDriftFile(file, defaults);
  expect(stacks.map(({ name }) => name)).toEqual(['stacks/orders (workspace prod)', 'billing.json']);
  expect([complete, ignore.length, settings]).toEqual([true, 1, { 'audit-retention-days': 'for ever' }]);
});
