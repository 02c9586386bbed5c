/** The assertions in the runners of Node.js and vitest; those of jest have their own suite. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeAtLength } from '../../support/at-length.ts';

const repository = join(import.meta.dirname, '../../..');
let directory: string;

beforeAll(() => {
  // Inside the repository, where programs find the constructs and the CDK, and not in node_modules, which runners skip.
  mkdirSync(join(repository, 'dist'), { recursive: true });
  directory = mkdtempSync(join(repository, 'dist/constructs-runner-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const stack = `
  import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
  import { KeysteadTemplate, Match } from '@keystead/constructs/cdktf/testing';
  import { TerraformStack, Testing } from 'cdktf';
  const stack = new TerraformStack(Testing.app(), 'stack');
  new KeysteadProvider(stack, 'keystead', { account: '111122223333' });
  new Key(stack, 'orders', { description: 'Orders' });
  const template = KeysteadTemplate.fromStack(stack);
`;

test('node:test runs them', () => {
  writeFileSync(
    join(directory, 'stack.test.mjs'),
    `${stack}
    import assert from 'node:assert/strict';
    import { test } from 'node:test';
    test('a key', () => template.hasKey({ description: Match.stringLikeRegexp('^Ord') }));
    test('another key', () => assert.throws(() => template.hasKey({ description: 'x' }), /closest is orders_/));`,
  );
  expect(run(process.execPath, ['--test', 'stack.test.mjs'])).toMatch(/pass 2/);
});

describeAtLength('vitest, from the npm registry', () => {
  test('runs them, with its matchers', () => {
    writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', 'vitest@4']);
    writeFileSync(
      join(directory, 'vitest.test.mjs'),
      `${stack}
      import { expect, test } from 'vitest';
      test('a key', () => template.hasKey({ description: expect.stringMatching(/^Ord/) }));
      test('another key', () => {
        expect(() => template.hasKey({ description: expect.stringContaining('x') })).toThrow(/expected StringContaining/);
      });
      test('in its own expectations', () => expect({ a: 'orders' }).toEqual({ a: Match.stringLikeRegexp('^ord') }));`,
    );
    expect(run('npx', ['vitest', 'run', 'vitest.test.mjs'])).toMatch(/3 passed/);
  }, 300_000);
});

/** What the command prints. It must succeed. */
function run(command: string, options: string[]): string {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, NO_COLOR: '1', FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(command, options, { cwd: directory, encoding: 'utf8', env });
  expect([status, stdout, stderr].join('\n')).toMatch(/^0\n/);
  return `${stdout}${stderr}`;
}
