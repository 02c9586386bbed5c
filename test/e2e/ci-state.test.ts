/** The backends of the guide to states, each from its own text, through plan, apply and drift. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { describeAtLength } from '../support/at-length.ts';
import { needs } from '../support/needs.ts';
import { startS3Server } from '../support/s3-server.ts';
import { type CommandResult, root, run, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { startStateServer } from '../support/state-server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(240_000);

let server: TestServer;
let hcl: readonly string[];
let sh: string;
let policy: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const guide = await readFile(join(root, 'docs/guide/ci-state.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
  const of = (wanted: string) => blocks.flatMap(({ language, text }) => (language === wanted ? [text] : []));
  hcl = of('hcl');
  [sh = ''] = of('sh');
  [policy = ''] = of('json');
  server = await startServer();
  closing.push(() => server.stop());
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const code = (description: string) => `resource "aws_kms_key" "orders" {\n  description = "${description}"\n}\n`;
const SECRET = 'only-in-the-state';

async function stackWith(env: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const workspace = await openWorkspace(server, env);
  closing.push(() => workspace.dispose());
  return workspace;
}

const keystead = ({ directory, env }: Workspace, ...args: string[]): Promise<CommandResult> =>
  runKeystead([...args, '--dir', directory], env);

/** Plans, applies, finds no drift, and refuses the plan the second time. */
async function pipelineIn(workspace: Workspace, backend: string): Promise<void> {
  const plans = join(workspace.directory, 'plan');
  await workspace.write(backend + code(SECRET));
  expect(await keystead(workspace, 'ci', 'plan', '--out', plans)).toMatchObject({ code: 2, stderr: '' });
  expect(await keystead(workspace, 'ci', 'apply', '--plan', plans)).toMatchObject({ code: 0, stderr: '' });
  expect(await keystead(workspace, 'drift')).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift') });
  expect(await keystead(workspace, 'ci', 'apply', '--plan', plans)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The state moved on'),
  });
}

const lockOf = (id: string) =>
  JSON.stringify({ ID: id, Operation: 'OperationTypeApply', Who: 'ci@runner', Created: '2026-12-01T00:00:00Z' });

describeAtLength('states of a pipeline', () => {
  test('in an S3-compatible store, encrypted with a key of the control plane', async () => {
    const { stdout } = await server.keystead('identity', 'create-user', 's3-store');
    const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(stdout)?.[1] ?? '';
    const credentials = { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
    const clientOf = (as: typeof credentials) => {
      const client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: as });
      closing.push(async () => client.destroy());
      return client;
    };
    const admin = clientOf(server.credentials);
    const own = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${server.accountId}:root` },
      Action: 'kms:*',
      Resource: '*',
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [own, ...JSON.parse(policy)] });
    const { KeyMetadata } = await admin.send(new CreateKeyCommand({ Policy }));
    const store = await startS3Server(clientOf(credentials));
    closing.push(() => store.close());
    const backend = (hcl[0] ?? '')
      .replace(/arn:aws:kms:\S+:key\/[0-9a-f-]+/, KeyMetadata?.Arn ?? '')
      .replace('https://s3.example.com', store.url)
      .replace('https://keystead.example.com', server.endpoint);
    const workspace = await stackWith();
    await pipelineIn(workspace, backend);
    const state = store.objects.get('terraform-state/stacks/orders.tfstate');
    expect(state?.keyId).toBe(KeyMetadata?.Arn);
    expect(state?.sealed.toString('latin1')).not.toContain(SECRET);
    expect([...store.objects.keys()]).toEqual(['terraform-state/stacks/orders.tfstate']);
    await admin.send(new DisableKeyCommand({ KeyId: KeyMetadata?.Arn }));
    const unreadable = await keystead(workspace, 'ci', 'plan', '--out', join(workspace.directory, 'plan'));
    expect(unreadable.code).toBe(1);
    expect(unreadable.stdout + unreadable.stderr).toContain('StatusCode: 403');
  });

  test('in a server of the HTTP backend, with its lock', async () => {
    const states = await startStateServer('ci:secret');
    closing.push(() => states.close());
    const workspace = await stackWith({ TF_HTTP_USERNAME: 'ci', TF_HTTP_PASSWORD: 'secret' });
    await pipelineIn(workspace, (hcl[1] ?? '').replaceAll('https://state.example.com', states.url));
    expect(states.states.get('/orders')).toContain(SECRET);
    expect([...states.locks]).toEqual([]);
    states.locks.set('/orders', lockOf('1-2-3'));
    const plans = join(workspace.directory, 'plan');
    expect(await keystead(workspace, 'ci', 'plan', '--out', plans)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Another run holds the lock of the state\.\nhint: .*force-unlock 1-2-3/),
    });
    expect(await keystead(workspace, 'ci', 'plan', '--out', plans, '--no-lock')).toMatchObject({ code: 0 });
  });

  test('in GitLab, with the token of the job', async () => {
    const gitlab = await startStateServer('gitlab-ci-token:job-token');
    closing.push(() => gitlab.close());
    const job = { CI_API_V4_URL: `${gitlab.url}/api/v4`, CI_PROJECT_ID: '42', CI_JOB_TOKEN: 'job-token' };
    const { stdout } = await run('sh', ['-ec', `${sh}env`], { env: job });
    const env = Object.fromEntries(
      [...stdout.matchAll(/^(TF_HTTP_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    expect(Object.keys(env)).toHaveLength(7);
    await pipelineIn(await stackWith(env), hcl[2] ?? '');
    expect([...gitlab.states.keys()]).toEqual(['/api/v4/projects/42/terraform/state/orders']);
    expect([...gitlab.locks]).toEqual([]);
  });
});
