/** What a configuration says: `ignore_changes`, because what Terraform leaves alone is not drift, and which attributes it has. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigured } from '@keystead/control-plane/cli/drift/states/configured.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keystead-ignored-'));
  await mkdir(join(dir, '.terraform/modules'), { recursive: true });
  await mkdir(join(dir, 'child'));
  const modules = {
    Modules: [
      { Key: '', Dir: '.' },
      { Key: 'keys.x', Dir: 'child' },
    ],
  };
  await writeFile(join(dir, '.terraform/modules/modules.json'), JSON.stringify(modules));
  const lifecycle = (list: string) => `{\n  lifecycle {\n    ignore_changes = ${list}\n  }\n}\n`;
  await writeFile(
    join(dir, 'main.tf'),
    [
      `resource "aws_kms_key" "some" ${lifecycle('[description, tags["Owner"]]')}`,
      `resource "aws_kms_key" "whole" ${lifecycle('all')}`,
      `resource "aws_kms_key" "tags" ${lifecycle('[tags]')}`,
      'resource "aws_kms_key" "none" {}',
    ].join(''),
  );
  const json = {
    resource: {
      aws_kms_key: {
        json: { description: 'd', lifecycle: { ignore_changes: ['policy'] } },
        json_tags: { '//': { metadata: { path: 'stack/json' } }, lifecycle: [{ ignore_changes: ['tags["Owner"]'] }] },
        json_all: { tags: { a: 'b' }, lifecycle: { ignore_changes: 'all' } },
      },
    },
  };
  await writeFile(join(dir, 'more.tf.json'), JSON.stringify(json));
  await writeFile(join(dir, 'child/main.tf'), `resource "aws_kms_key" "deep" ${lifecycle('[policy]')}`);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test.each([
  ['aws_kms_key.some', 'description', true],
  ['aws_kms_key.some["a.b"]', 'description', true],
  ['aws_kms_key.some', 'policy', false],
  ['aws_kms_key.some', 'tags_all["Owner"]', true],
  ['aws_kms_key.some', 'tags_all["Team"]', false],
  ['aws_kms_key.tags', 'tags_all["Team"]', true],
  ['aws_kms_key.whole', 'is_enabled', true],
  ['aws_kms_key.none', 'description', false],
  ['aws_kms_key.json', 'policy', true],
  ['aws_kms_key.json', 'description', false],
  ['aws_kms_key.json_tags["x"]', 'tags_all["Owner"]', true],
  ['aws_kms_key.json_tags', 'tags_all["Team"]', false],
  ['aws_kms_key.json_all', 'tags_all["Team"]', true],
  ['module.keys["eu"].module.x.aws_kms_key.deep[0]', 'policy', true],
  ['module.keys["eu"].aws_kms_key.deep[0]', 'policy', false],
  ['aws_kms_key.deep', 'policy', false],
])('of %s the change of %s is ignored: %s', async (address, attribute, expected) => {
  expect((await readConfigured(dir)).ignoresChange(address, attribute)).toBe(expected);
});

test.each([
  ['aws_kms_key.json', 'description', true],
  ['aws_kms_key.json', 'policy', false],
  ['aws_kms_key.json_all["x"]', 'tags_all["Owner"]', true],
  ['aws_kms_key.none', 'description', false],
  ['module.keys["eu"].module.x.aws_kms_key.deep[0]', 'policy', false],
  ['aws_kms_key.gone', 'policy', false],
])('the configuration of %s has %s: %s', async (address, attribute, expected) => {
  expect((await readConfigured(dir)).writes(address, attribute)).toBe(expected);
});
