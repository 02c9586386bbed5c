/** The checked-in bindings are what the generator makes from today's schema, and cover all of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindings } from '@keystead/constructs/cdktf';
import { kmsActions } from '@keystead/constructs/generated/kms-actions.ts';
import { staleOutputs } from '../../../scripts/digests.ts';

const constructs = join(import.meta.dirname, '../../../constructs');
const generated = join(constructs, 'generated');
const schemaFile = join(constructs, '../provider-schema/generated/terraform-schema.json');

/** `kmsKey` for `aws_kms_key`, `dataAwsKmsKey` for the data source of that name. */
function namespaceOf(type: string, prefix: string): string {
  return `${prefix}${type.replace(/^aws_/, '')}`.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

describe('The generated bindings', () => {
  test('are fresh', () => {
    expect(staleOutputs(join(constructs, '..'))).not.toContain('constructs/generated');
  });

  test('cover every resource and data source of the provider', () => {
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
    const { resource_schemas, data_source_schemas } = Object.values(schema.provider_schemas)[0] as Record<
      string,
      Record<string, object>
    >;
    expect(Object.keys(bindings).sort()).toEqual(
      [
        'provider',
        ...Object.keys(resource_schemas ?? {}).map((type) => namespaceOf(type, '')),
        ...Object.keys(data_source_schemas ?? {}).map((type) => namespaceOf(type, 'data_aws_')),
      ].sort(),
    );
  });

  test('reach the CDK through cdk.ts alone, with syntax that can be erased and without dead links', () => {
    expect(existsSync(join(generated, 'lazy-index.ts'))).toBe(false);
    for (const name of readdirSync(generated)) {
      const text = readFileSync(join(generated, name), 'utf8');
      expect(text).not.toMatch(/from 'cdkt[fn]'|constructor\(.*protected |registry\.terraform\.io|@link/);
    }
  });

  test('list every action once, sorted', () => {
    expect([...kmsActions]).toEqual([...new Set(kmsActions)].sort());
    expect(kmsActions).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReplicateKey']));
  });
});

test('Only cdk.ts names the CDK', () => {
  const sources = readdirSync(constructs).filter((name) => name.endsWith('.ts') && name !== 'cdk.ts');
  const naming = sources.filter((name) => /from 'cdkt[fn]'/.test(readFileSync(join(constructs, name), 'utf8')));
  expect(naming).toEqual([]);
});
