/** A server that npm starts: what reaches the server when npm gets a signal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { npmParent } from '@keystead/control-plane/cli/shared/stop.ts';
import { needs } from '../support/needs.ts';
import { descendantsOf, stillRunning } from '../support/processes.ts';
import { root } from '../support/server.ts';

needs('ps');

let directory: string;
let left: readonly number[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-npx-'));
  left = [];
});
afterEach(async () => {
  for (const pid of await stillRunning(left, 0)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const serve = () => ['serve', '--listen', '127.0.0.1:0', '--data-dir', join(directory, 'data'), '--user', 'root'];
const own = () => (process.geteuid?.() === 0 ? serve() : serve().slice(0, -2));

/** Starts npm with a server below it. */
async function served(command: string, args: readonly string[], cwd: string): Promise<ChildProcess> {
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (!child.stdout) throw new Error('npm has no output');
  for await (const line of createInterface(child.stdout)) if (/^Keystead is serving/.test(line)) break;
  left = [child.pid as number, ...(await descendantsOf(child.pid as number))];
  return child;
}

test('SIGTERM to npx keystead serve stops the server and its HSM', async () => {
  const npx = await served('npx', ['keystead', ...own()], root);
  // npm, perhaps its shell, the server, `keystead hsm` and the HSM process.
  expect(left.length).toBeGreaterThanOrEqual(4);
  npx.kill('SIGTERM');
  await once(npx, 'exit');
  expect(await stillRunning(left, 15_000)).toEqual([]);
});

test('SIGTERM to npm stops the server that is a script of package.json', async () => {
  const scripts = { start: `keystead ${own().join(' ')}` };
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: 'mine', version: '1.0.0', scripts }));
  const npm = await served('npm', ['run', '--silent', 'start'], directory);
  npm.kill('SIGTERM');
  await once(npm, 'exit');
  expect(await stillRunning(left, 15_000)).toEqual([]);
});

test('a server that a script leaves in the background outlives npm', async () => {
  const scripts = { up: `keystead ${own().join(' ')} & sleep 600` };
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: 'mine', version: '1.0.0', scripts }));
  const npm = await served('npm', ['run', '--silent', 'up'], directory);
  npm.kill('SIGTERM');
  await once(npm, 'exit');
  await sleep(1000);
  expect((await stillRunning(left, 0)).length).toBeGreaterThanOrEqual(3);
});

test.each([
  ["'keystead'", true],
  ['keystead serve --data-dir x', true],
  ['./node_modules/.bin/keystead serve', true],
  ['keystead serve & sleep 1', false],
  ['keystead serve; true', false],
  ['jest', false],
  [undefined, false],
])('the script %j ends its server with npm: %s', (script, ends) => {
  expect(npmParent({ npm_lifecycle_script: script })).toBe(ends ? process.ppid : undefined);
});
