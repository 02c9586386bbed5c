/** The digest of the code that a plan is made of. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '@keystead/control-plane/cli/ci/saved/code.ts';

let top: string;
let stack: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-C', top, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    encoding: 'utf8',
  }).trim();
const write = (name: string, text: string) => writeFile(join(top, name), text);

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'keystead-code-'));
  stack = join(top, 'stacks/orders');
  await mkdir(stack, { recursive: true });
  await write('stacks/orders/main.tf', 'a');
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
});
afterEach(() => rm(top, { recursive: true, force: true }));

const code = () => codeOf(stack, join(stack, 'plan'));
const digest = async () => (await code()).digest;

test('names the stack from the root of the repository, and the commit', async () => {
  expect(await code()).toMatchObject({ stack: 'stacks/orders', commit: git('rev-parse', 'HEAD') });
});

test('is the same in another commit and with other files beside the code', async () => {
  const before = await digest();
  await write('README.md', 'more');
  await write('stacks/orders/report.json', '{}');
  await write('stacks/orders/terraform.tfstate', '{}');
  await mkdir(join(stack, 'plan'));
  await write('stacks/orders/plan/x.tf', '{}');
  git('add', 'README.md');
  git('commit', '-qm', 'two');
  expect(await digest()).toBe(before);
});

test.each([
  ['a configuration', () => write('stacks/orders/main.tf', 'b')],
  ['a configuration that git does not know', () => write('stacks/orders/more.tf', '')],
  ['the lock file', () => write('stacks/orders/.terraform.lock.hcl', '')],
  ['variables', () => write('stacks/orders/x.auto.tfvars', 'x = 1')],
  ['a module of a folder of its own', () => mkdir(join(stack, 'm')).then(() => write('stacks/orders/m/m.tf', ''))],
])('is another one when it has other %s', async (_, change) => {
  const before = await digest();
  await change();
  expect(await digest()).not.toBe(before);
});

test('contains other files that git knows, modules outside the directory, and what links point to', async () => {
  await mkdir(join(top, 'modules/keys'), { recursive: true });
  await write('modules/keys/main.tf', 'a');
  await mkdir(join(stack, '.terraform/modules'), { recursive: true });
  await write(
    'stacks/orders/.terraform/modules/modules.json',
    JSON.stringify({ Modules: [{ Key: 'keys', Dir: '../../modules/keys' }] }),
  );
  await write('policy.json', 'a');
  await symlink('../../policy.json', join(stack, 'policy.json'));
  git('add', '.');
  const seen = [await digest()];
  await write('modules/keys/main.tf', 'b');
  seen.push(await digest());
  await write('policy.json', 'b');
  seen.push(await digest());
  expect(new Set(seen).size).toBe(3);
});
