/** `keystead ci plan` and `keystead ci apply` with the real Terraform, as the jobs of a pipeline call them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateAliasCommand, CreateKeyCommand, KMSClient, TagResourceCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { describeAtLength } from '../support/at-length.ts';
import { needs } from '../support/needs.ts';
import {
  type CommandResult,
  command,
  root,
  run,
  runKeystead,
  startServer,
  type TestServer,
} from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(240_000);

const SECRET = 'correct-horse-battery';
const code = (description: string, more = '') => `
variable "secret" {
  type      = string
  sensitive = true
  default   = "${SECRET}"
}
resource "aws_kms_key" "orders" {
  description = "${description}"
  tags        = { Secret = var.secret }
}
${more}`;

let server: TestServer;
let workspace: Workspace;
let plans: string;
let kms: KMSClient;
/** A user who is allowed nothing but to encrypt plans. */
let reader: Readonly<Record<string, string>>;
const account = () => `arn:aws:iam::${server.accountId}:root`;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  plans = join(workspace.directory, 'plan');
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  const { stdout } = await server.keystead('identity', 'create-user', 'reader');
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(stdout)?.[1] ?? '';
  reader = { AWS_ACCESS_KEY_ID: value('aws_access_key_id'), AWS_SECRET_ACCESS_KEY: value('aws_secret_access_key') };
});

afterAll(async () => {
  kms?.destroy();
  if (workspace) await rm(`${workspace.directory}-repository`, { recursive: true, force: true });
  await workspace?.dispose();
  await server?.stop();
});

const ci = (name: 'plan' | 'apply', ...args: string[]): Promise<CommandResult> =>
  runKeystead(
    ['ci', name, '--dir', workspace.directory, name === 'plan' ? '--out' : '--plan', plans, ...args],
    workspace.env,
  );
const file = (name: string) => readFile(join(plans, name), 'utf8');
const refusal = async (result: Promise<CommandResult>): Promise<string> => {
  const { code: exit, stderr, stdout } = await result;
  if (exit !== 1) throw new Error(`exit code ${exit}\n${stdout}\n${stderr}`);
  return stderr;
};

test('a plan is saved for its user alone, described without secrets, and applied; then it is stale', async () => {
  await workspace.write(code('first'));
  const planned = await ci('plan');
  expect(planned).toMatchObject({ code: 2, stderr: '' });
  expect((await stat(join(plans, 'plan.tfplan'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(plans, 'plan.json'))).mode & 0o777).toBe(0o600);
  expect(await file('plan.json')).toContain(SECRET);
  const comment = await file('comment.md');
  expect(comment).toContain(': 1 to add\n');
  expect(comment).toContain('- `tags_all["Secret"]`: `(sensitive value)`');
  for (const text of [comment, await file('changes.md'), await file('plan.meta.json'), planned.stdout]) {
    expect(text).not.toContain(SECRET);
  }
  expect(await ci('apply')).toMatchObject({ code: 0, stdout: expect.stringContaining('Applied: 1 resource changed') });
  expect(await refusal(ci('apply'))).toMatch(/The state moved on after this plan was made.*Nothing was applied/);
});

test('a plan without changes ends with 0, and its apply applies nothing', async () => {
  expect(await ci('plan')).toMatchObject({ code: 0, stdout: expect.stringContaining('A plan without changes') });
  expect(await file('comment.md')).toContain(': no changes\n');
  expect(await ci('apply')).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing is applied') });
});

test('the commands and the policy of the guide: who may only encrypt a plan cannot apply it', async () => {
  const guide = await readFile(join(root, 'docs/guide/ci-plan-and-apply.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    language,
    block,
  }));
  const of = (wanted: string) => blocks.flatMap(({ language, block }) => (language === wanted ? [block.trim()] : []));
  const commands = of('').flatMap((block) => block.split('\n'));
  expect(commands.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    ...['keystead ci plan', 'keystead ci apply', 'keystead ci apply'],
  ]);
  const [statements = ''] = of('json');
  await plansKey(statements);
  await workspace.write(code('second'));
  const [plan = '', asReader = '', apply = ''] = commands;
  expect(await inRepository(plan)).toMatchObject({ code: 2, stderr: '' });
  expect((await readdir(plans)).sort()).toEqual([
    ...['changes.md', 'comment.md', 'plan.json.sealed', 'plan.meta.json', 'plan.tfplan.sealed'],
    'terraform-report.json',
  ]);
  for (const name of await readdir(plans)) expect(await file(name)).not.toContain(SECRET);
  expect(await refusal(inRepository(asReader, reader))).toMatch(
    /plan\.json\.sealed cannot be decrypted\. AccessDenied/,
  );
  await server.keystead('drift', 'accept', '--baseline', 'orders', '--note', 'begin');
  const applied = await inRepository(apply.replace(/arn:\S+:role\/ci-apply/, account()));
  expect(applied.stderr).toBe('');
  expect(applied.stdout).toMatch(/^Baseline orders, last accepted at .*: \d+ changes? accepted, up to change \d+\.$/m);
});

/** `alias/ci-plans`, with the statements of the guide for the user `reader` and for the one who applies. */
async function plansKey(statements: string): Promise<void> {
  const own = { Sid: 'own', Effect: 'Allow', Principal: { AWS: account() }, Action: 'kms:*', Resource: '*' };
  const written = statements
    .replace(/arn:\S+:role\/ci-plan/, `arn:aws:iam::${server.accountId}:user/reader`)
    .replace(/arn:\S+:role\/ci-apply/, account());
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [own, ...JSON.parse(written)] });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/ci-plans', TargetKeyId: KeyMetadata?.KeyId }));
}

/** In a directory that has the stack as `stacks/orders`. */
async function inRepository(line: string, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const top = `${workspace.directory}-repository`;
  await mkdir(join(top, 'stacks'), { recursive: true });
  await symlink(workspace.directory, join(top, 'stacks/orders')).catch(() => undefined);
  plans = join(top, 'plan');
  const keystead = `keystead() { "${process.execPath}" "${command}" "$@"; }`;
  return run('bash', ['-c', `${keystead}; ${line}`], { cwd: top, env: { ...workspace.env, NODE_OPTIONS: '', ...env } });
}

const keyId = async (): Promise<string> => String((await workspace.state()).get('aws_kms_key.orders')?.key_id);

describeAtLength('each thing that a saved plan can be wrong about', () => {
  beforeAll(async () => {
    await workspace.write(code('before'));
    await workspace.apply();
    await workspace.write(code('after'));
    expect(await ci('plan')).toMatchObject({ code: 2 });
    await cp(plans, `${plans}-good`, { recursive: true });
  });

  beforeEach(async () => {
    await workspace.write(code('after'));
    await rm(plans, { recursive: true });
    await cp(`${plans}-good`, plans, { recursive: true });
  });

  afterAll(() => rm(`${plans}-good`, { recursive: true, force: true }));

  test('there is none', async () => {
    await rm(plans, { recursive: true });
    await mkdir(plans);
    expect(await refusal(ci('apply'))).toContain('has no saved plan');
  });

  test('a file was changed', async () => {
    await writeFile(join(plans, 'plan.json'), (await file('plan.json')).replace('after', 'other'));
    expect(await refusal(ci('apply'))).toContain('plan.json is not the file that plan.meta.json is about');
  });

  test('its files are encrypted and one was changed, or is of another plan', async () => {
    await ci('plan', '--encrypt-with', 'alias/ci-plans');
    const sealed = await readFile(join(plans, 'plan.json.sealed'));
    const [last = 0] = sealed.subarray(-1);
    await writeFile(join(plans, 'plan.json.sealed'), Buffer.concat([sealed.subarray(0, -1), Buffer.from([last ^ 1])]));
    expect(await refusal(ci('apply'))).toContain('it was changed or damaged');
    await cp(join(plans, 'plan.tfplan.sealed'), join(plans, 'plan.json.sealed'));
    expect(await refusal(ci('apply'))).toContain('plan.json.sealed is about file plan.tfplan, not plan.json');
  });

  test('it is not encrypted where that is expected, or with another key', async () => {
    expect(await refusal(ci('apply', '--encrypt-with', 'alias/ci-plans'))).toContain('is not encrypted');
    await ci('plan', '--encrypt-with', 'alias/ci-plans');
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const other = KeyMetadata?.Arn ?? '';
    expect(await refusal(ci('apply', '--encrypt-with', other))).toMatch(/is encrypted with arn:.*, not with arn:/);
  });

  test('the code is another one', async () => {
    await workspace.write(code('after, and more'));
    expect(await refusal(ci('apply'))).toContain('This plan was made of other code');
  });

  test('the stack, the workspace or the options are others', async () => {
    const meta = JSON.parse(await file('plan.meta.json'));
    await writeFile(join(plans, 'plan.meta.json'), JSON.stringify({ ...meta, stack: 'stacks/other' }));
    expect(await refusal(ci('apply'))).toContain('This plan is of the stack stacks/other');
    await writeFile(join(plans, 'plan.meta.json'), JSON.stringify({ ...meta, workspace: 'prod' }));
    expect(await refusal(ci('apply'))).toContain('This plan is of the workspace prod, and this is default');
    await writeFile(join(plans, 'plan.meta.json'), JSON.stringify(meta));
    expect(await refusal(ci('apply', '--destroy'))).toContain('does not destroy the stack, and --destroy is given');
  });

  test('the state is another one', async () => {
    const meta = JSON.parse(await file('plan.meta.json'));
    const state = { ...meta.state, lineage: '00000000-0000-0000-0000-000000000000' };
    await writeFile(join(plans, 'plan.meta.json'), JSON.stringify({ ...meta, state }));
    expect(await refusal(ci('apply'))).toContain('made for another state');
  });

  test('what runs was changed by hand meanwhile', async () => {
    await kms.send(new TagResourceCommand({ KeyId: await keyId(), Tags: [{ TagKey: 'Owner', TagValue: 'me' }] }));
    expect(await refusal(ci('apply'))).toMatch(/a plan made now differs in aws_kms_key\.orders: other values of tags/);
  });

  test('the file itself is applied with --no-replan, and is stale afterwards', async () => {
    expect(await ci('apply', '--no-replan')).toMatchObject({ code: 0 });
    const meta = JSON.parse(await file('plan.meta.json'));
    const state = { ...meta.state, serial: meta.state.serial + 1 };
    await writeFile(join(plans, 'plan.meta.json'), JSON.stringify({ ...meta, state }));
    expect(await refusal(ci('apply', '--no-replan'))).toContain('The state moved on after this plan was made');
  });
});

describeAtLength('an apply that does not get to its end', () => {
  test('says what was applied, what failed and what was not begun', async () => {
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: await keyId() }));
    await workspace.write(
      code(
        'half',
        `resource "aws_kms_alias" "taken" {
  name          = "alias/taken"
  target_key_id = aws_kms_key.orders.key_id
  depends_on    = [aws_kms_key.orders]
}
resource "aws_kms_key" "last" {
  depends_on = [aws_kms_alias.taken]
}
`,
      ),
    );
    expect(await ci('plan')).toMatchObject({ code: 2 });
    const said = await refusal(ci('apply', '--baseline', 'orders', '--by', account()));
    expect(said).toContain(
      'The apply failed halfway. Applied: aws_kms_key.orders. Failed: aws_kms_alias.taken. Not begun: aws_kms_key.last.',
    );
    expect(said).toContain('make a new plan of the rest');
  });

  test('while it runs another run is refused the lock by name; a signal lets it write its state and free the lock', async () => {
    const begun = join(workspace.directory, 'begun');
    await workspace.write(
      code(
        'interrupted',
        `resource "terraform_data" "slow" {
  depends_on = [aws_kms_key.orders]
  provisioner "local-exec" {
    command = "touch ${begun}; while true; do sleep 0.1; done"
  }
}
`,
      ),
    );
    expect(await ci('plan')).toMatchObject({ code: 2 });
    const apply = start('ci', 'apply', '--dir', workspace.directory, '--plan', plans);
    await untilThere(begun);
    const second = await refusal(
      runKeystead(['ci', 'plan', '--dir', workspace.directory, '--out', `${plans}-2`], workspace.env),
    );
    expect(second).toMatch(
      /Another run holds the lock of the state by \S+ for OperationTypeApply since .*\nhint: .*force-unlock [0-9a-f-]+/,
    );
    apply.child.kill('SIGTERM');
    apply.child.kill('SIGTERM');
    expect(await apply.ended).toBe(1);
    expect(apply.stderr()).toContain('SIGTERM: Terraform was told to stop, and finishes what is under way.');
    expect(apply.stderr()).toContain('The apply was interrupted. Applied: aws_kms_key.orders.');
    expect((await workspace.state()).get('aws_kms_key.orders')?.description).toBe('interrupted');
    await workspace.write(code('interrupted'));
    expect((await ci('plan')).stderr).toBe('');
  });
});

function start(...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', ...workspace.env };
  const child: ChildProcess = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return { child, stderr: () => text, ended: new Promise<number | null>((done) => child.once('close', done)) };
}

async function untilThere(path: string): Promise<void> {
  while (
    !(await access(path).then(
      () => true,
      () => false,
    ))
  )
    await sleep(50);
}
