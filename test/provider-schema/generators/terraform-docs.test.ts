/** The provider's documents: complete, linked, and about what the records say. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as actions from '@keystead/provider-schema/actions/index.ts';
import * as dataSources from '@keystead/provider-schema/data-sources/index.ts';
import * as ephemeralResources from '@keystead/provider-schema/ephemeral-resources/index.ts';
import * as functions from '@keystead/provider-schema/functions/index.ts';
import { withCode } from '@keystead/provider-schema/generators/terraform-docs/markdown.ts';
import { documentPages } from '@keystead/provider-schema/generators/terraform-docs/pages.ts';
import { membersOf, typeName } from '@keystead/provider-schema/generators/terraform-docs/types.ts';
import * as listResources from '@keystead/provider-schema/list-resources/index.ts';
import { providerRecord } from '@keystead/provider-schema/provider.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';
import type { BlockRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { documentedImports, exampleFiles, examplesDirectory } from '../../support/document-examples.ts';
import { root } from '../../support/server.ts';

const folders = {
  resources,
  'data-sources': dataSources,
  'ephemeral-resources': ephemeralResources,
  'list-resources': listResources,
  actions,
} as const;

const records: readonly (readonly [page: string, record: TerraformRecord])[] = [
  ['index.md', providerRecord],
  ...Object.entries(folders).flatMap(([folder, all]) =>
    Object.values<TerraformRecord>(all).map(
      (record) => [`${folder}/${record.type.replace(/^aws_/, '')}.md`, record] as const,
    ),
  ),
];
const functionPages = Object.keys(functions).map((name) => `functions/${name}.md`);

const text = (page: string): string => documentPages[page]?.() ?? '';
const isRecordPage = (page: string) => /^(index|[a-z-]+\/\w+)\.md$/.test(page);

/** Names that the schema lists at any depth, in the order of the page. */
function namesOf({ attributes, blocks = {} }: TerraformRecord | BlockRecord): readonly string[] {
  return [
    ...Object.keys(attributes),
    ...Object.keys(blocks),
    ...Object.entries(blocks).flatMap(([name, block]) => (name === 'endpoints' ? [] : namesOf(block))),
  ];
}

describe('the pages', () => {
  test('are those of the records, in the folders of the registry, and no others', () => {
    const found = globSync(`{index.md,{${[...Object.keys(folders), 'functions'].join()}}/*}`, {
      cwd: join(root, 'docs'),
    });
    expect(Object.keys(documentPages).sort()).toEqual([...records.map(([page]) => page), ...functionPages].sort());
    expect(found.sort()).toEqual(Object.keys(documentPages).sort());
    expect(Object.keys(documentPages).filter((page) => !isRecordPage(page))).toEqual([]);
  });

  test.each(Object.keys(documentPages))('%s begins with what the registry reads', (page) => {
    expect(text(page)).toMatch(
      /^---\n# Generated .*\npage_title: "[^"]+"\nsubcategory: "[^"]*"\ndescription: \|-\n {2}\S.*\.\n---\n\n# /,
    );
  });

  test.each(records)('%s lists every argument, block and attribute once', (page, record) => {
    const listed = [...text(page).matchAll(/^\* `(\w+)` - \(/gm)].map(([, name]) => name);
    const identity = Object.keys(record.identity ?? {});
    const meta = Object.keys(record.meta ?? {});
    const unlisted = record.kind === 'provider' ? ['kms'] : [];
    expect(listed.sort()).toEqual([...namesOf(record), ...identity, ...meta, ...unlisted].sort());
  });

  test('mark what the AWS provider does not have', () => {
    const mark = '**Not in the AWS provider.**';
    const count = (one: TerraformRecord | BlockRecord): number =>
      Object.values(one.attributes).filter(({ own }) => own).length +
      Object.values(one.blocks ?? {}).reduce((sum, block) => sum + count(block), 0);
    for (const [page, record] of records) {
      const marks = text(page).split(mark).length - 1;
      expect([page, marks]).toEqual([page, count(record) + (record.own ? 1 : 0)]);
    }
    expect(text('resources/kms_key.md')).toMatch(/^\* `rotation_triggers` - .*\*\*Not in the AWS provider\.\*\*$/m);
  });

  test('say what a value must be, what it is without one, and what a change does', () => {
    const key = text('resources/kms_key.md');
    expect(key).toContain(
      '* `deletion_window_in_days` - (Optional, number) Days the key waits before it is deleted, 7 to 30.',
    );
    expect(key).toMatch(
      /^\* `key_usage` - \(Optional, string, forces replacement\) .* Default: `ENCRYPT_DECRYPT`\. One of /m,
    );
    expect(key).toMatch(/^\* `bypass_policy_lockout_safety_check` - .* Default: `false`\.$/m);
    expect(text('resources/kms_ciphertext.md')).toMatch(
      /^\* `plaintext_wo` - \(Optional, string, write-only\) .* Set exactly one of `plaintext` and `plaintext_wo`\. Needs `plaintext_wo_version`\.$/m,
    );
    expect(text('resources/iam_role.md')).toMatch(
      /^\* `managed_policy_arns` - .*\*\*Deprecated:\*\* Use `aws_iam_role_policy_attachment`\.$/m,
    );
    expect(text('resources/kms_grant.md')).toMatch(
      /^\* `operations` - \(Required, set of strings, .* Each is one of `Decrypt`, /m,
    );
  });
});

describe('the examples', () => {
  const typeOf = (file: string) => file.split('/')[1] ?? '';

  test('exist for everything but the data source that only says that it is gone', () => {
    const kinds = { ...folders, functions };
    const wanted = Object.entries(kinds).flatMap(([folder, all]) =>
      Object.keys(all).map((name) => `${folder}/${name}`),
    );
    const found = exampleFiles().map((file) => file.split('/').slice(0, 2).join('/'));
    const without = wanted.filter((name) => !found.includes(name));
    expect(without).toEqual(['data-sources/aws_kms_secret']);
    expect(text('data-sources/kms_secret.md')).not.toContain('## Example Usage');
    expect(found.filter((name) => !wanted.includes(name) && !name.startsWith('provider/'))).toEqual([]);
  });

  test.each(exampleFiles())('%s is about its type, and is in its page', (file) => {
    const source = readFileSync(join(examplesDirectory, file), 'utf8');
    const [folder = '', name = ''] = file.split('/');
    const page = folder === 'provider' ? 'index.md' : `${folder}/${name.replace(/^aws_/, '')}.md`;
    if (folder !== 'provider') expect(source).toContain(name);
    expect(text(page)).toContain(source.replace(/^# .+\n\n/, '').trim());
  });

  test.each(documentedImports())(
    'the import of $type is that of the resource in its example',
    ({ type, address, id }) => {
      const sources = exampleFiles()
        .filter((file) => typeOf(file) === type && file.startsWith('resources/'))
        .map((file) => readFileSync(join(examplesDirectory, file), 'utf8'));
      const [, label] = address.split('.');
      expect(sources.join('')).toContain(`resource "${type}" "${label}" {`);
      expect(text(`resources/${type.replace(/^aws_/, '')}.md`)).toContain(`  to = ${address}\n  id = "${id}"\n`);
    },
  );

  test('of imports exist for every resource that can be imported', () => {
    const wanted = Object.values<TerraformRecord>(resources).filter(({ importId }) => importId !== undefined);
    expect(documentedImports().map(({ type }) => type)).toEqual(wanted.map(({ type }) => type).sort());
    expect(text('resources/kms_ciphertext.md')).toContain('Resources of this type cannot be imported.');
  });
});

test('descriptions show names as code, each once', () => {
  const plain = 'Use key_spec or `name`, alias/orders-*, *, AWS_REGION or https://a_b.example.com, at @region. An id_.';
  expect(withCode(plain)).toBe(
    'Use `key_spec` or `name`, `alias/orders-*`, `*`, `AWS_REGION` or `https://a_b.example.com`, at `@region`. An id_.',
  );
  expect(withCode('Active or Inactive; Inactive-ish', ['Active', 'Inactive'])).toBe(
    '`Active` or `Inactive`; Inactive-ish',
  );
});

test('types are named in words, and objects by their members', () => {
  expect([typeName('bool'), typeName(['map', 'string']), typeName(['list', ['object', {}]])]).toEqual([
    'bool',
    'map of strings',
    'list of objects',
  ]);
  const nested = ['list', ['object', { a: 'string', b: ['list', ['object', { c: 'string', d: 'string' }]] }]] as const;
  expect(membersOf(nested)).toBe('an object has `a`; `b`: an object has `c` and `d`');
  expect(membersOf(['map', 'string'])).toBeUndefined();
});
