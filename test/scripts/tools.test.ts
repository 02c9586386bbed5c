/** Missing tools are found, and the way to install them fits the machine and the user. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import { installation, missing, type ToolName, tools } from '../../scripts/tools.mjs';
import { run } from '../support/server.ts';

let programs: string;
const { PATH } = process.env;

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'keystead-tools-'));
  process.env.PATH = programs;
});
afterEach(() => {
  process.env.PATH = PATH;
  jest.restoreAllMocks();
  rmSync(programs, { recursive: true });
});

function program(name: string, status = 0): void {
  writeFileSync(join(programs, name), `#!/bin/sh\nexit ${status}\n`);
  chmodSync(join(programs, name), 0o755);
}

const asUser = (uid: number) => jest.spyOn(process, 'getuid').mockReturnValue(uid);

test('a tool is there when its program is on the PATH', () => {
  expect(missing(['aws', 'openssl', 'terraform'])).toEqual(['aws', 'openssl', 'terraform']);
  for (const name of ['aws', 'openssl', 'tofu']) program(name);
  expect(missing(['aws', 'openssl', 'terraform'])).toEqual([]);
});

test('an aws command line that does not know the newest operation counts as missing', () => {
  program('aws', 252);
  expect(missing(['aws'])).toEqual(['aws']);
});

test('root installs with apt-get, without a prompt', () => {
  program('apt-get');
  asUser(0);
  expect(installation(['openssl', 'aws', 'boto3'])).toEqual({
    line: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends openssl python3-venv',
    manager: {
      name: 'apt-get',
      commands: [
        ['apt-get', 'update', '-qq'],
        ['apt-get', 'install', '-y', '--no-install-recommends', 'openssl', 'python3-venv'],
      ],
    },
  });
});

test('a tool from PyPI needs no package where Python can make an environment', () => {
  program('apt-get');
  program('python3');
  asUser(0);
  expect(installation(['aws'])).toBeUndefined();
});

test('a user whose sudo needs no password installs with it', () => {
  program('apt-get');
  program('sudo');
  asUser(1000);
  expect(installation(['git'])?.manager?.commands[0]).toEqual(['sudo', '-n', 'apt-get', 'update', '-qq']);
});

test.each([
  ['has no sudo', undefined],
  ['is asked for a password', 1],
])('a user who %s gets the line to paste', (_, status) => {
  program('apt-get');
  if (status !== undefined) program('sudo', status);
  asUser(1000);
  expect(installation(['git'])).toEqual({
    line: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends git',
  });
});

test('with Homebrew, formulas are installed', () => {
  program('brew');
  expect(installation(['softhsm', 'postgres', 'ps'])).toEqual({
    line: 'brew install softhsm postgresql@17',
    manager: { name: 'brew', commands: [['brew', 'install', 'softhsm', 'postgresql@17']] },
  });
});

test('without a package manager, and for what no package has, there is no line', () => {
  expect(installation(['aws'])).toBeUndefined();
  program('apt-get');
  expect(installation(['terraform'])).toBeUndefined();
});

test.each(Object.keys(tools) as ToolName[])('%s can be installed: by a package or as its hint says', (name) => {
  const { debian = [], hint } = tools[name];
  expect(debian.length > 0 || hint !== undefined).toBe(true);
});

test('an unknown purpose gets the usage', async () => {
  process.env.PATH = PATH;
  const script = join(resolve(import.meta.dirname, '../..'), 'scripts/tools.mjs');
  const { code, stderr } = await run(process.execPath, [script, 'bring', 'everything']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Usage:')]);
});
