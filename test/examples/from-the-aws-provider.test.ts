/**
 * Every step of docs/guides/from-the-aws-provider.md, in its order. Where it goes back, this provider stands in under the
 * AWS provider's source; test/e2e/aws-provider-guide.test.ts goes the same way with the genuine one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type GuideRun, openGuideRun } from '../support/guide-run.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

needs('terraform');

jest.setTimeout(300_000);

let server: TestServer;
let guide: GuideRun;
let code: string;

beforeAll(async () => {
  server = await startServer();
  guide = await openGuideRun('docs/guides/from-the-aws-provider.md', server);
  [code = ''] = guide.configurations;
  await writeFile(join(guide.directory, 'main.tf'), code);
});
afterAll(async () => {
  await guide?.dispose();
  await server?.stop();
});

const read = (name: string) => readFile(join(guide.directory, name), 'utf8');

/** @returns what the commands of the section printed. @throws when one of them fails */
async function does(section: string, replaced?: Readonly<Record<string, string>>): Promise<string> {
  const { code, stdout, stderr } = await guide.section(section, replaced);
  if (code === 0) return stdout;
  throw new Error(`"${section}" ended with ${code}:\n${stdout}\n${stderr}`);
}

const inOrder = [
  'Check what is served',
  'Say where the control plane is',
  'Apply without a change of the code',
  'Change the source',
  'Go back',
];

test('the guide has commands in these sections, and each test runs one', () => {
  expect(guide.sections).toEqual(inOrder);
});

test('the check says that everything is served, and how to change the source', async () => {
  const said = await does('Check what is served');
  expect(said).toContain('Everything is served (5 blocks');
  expect(said).toContain('set source = "keystead/aws" and remove the version');
});

test('the code is applied unmodified with the provider under the source of the AWS provider', async () => {
  await does('Say where the control plane is');
  const said = await does('Apply without a change of the code');
  expect(said).toContain('4 added, 0 changed, 0 destroyed');
  expect(said).toContain('No changes.');
  expect(await read('main.tf')).toBe(code);
  expect(await read('.terraform.lock.hcl')).toContain('"registry.terraform.io/hashicorp/aws"');
});

test('with another source its state plans without changes', async () => {
  const said = await does('Change the source');
  expect(said).toContain('Successfully replaced provider for 4 resources');
  expect(said).toContain('No changes.');
  const changed = await read('main.tf');
  expect(changed).toContain('source  = "keystead/aws"');
  expect(changed).not.toContain('version');
  expect(await read('terraform.tfstate')).not.toContain('hashicorp/aws');
});

test('the way back is the same', async () => {
  const said = await does('Go back', {
    'unset TF_CLI_CONFIG_FILE': 'export TF_CLI_CONFIG_FILE=$KEYSTEAD/dist/provider-hashicorp/terraform.rc',
  });
  expect(said).toContain('No changes.');
  expect(await read('main.tf')).toBe(code);
  expect(await read('terraform.tfstate')).not.toContain('keystead/aws');
});
