/** What the table of resource types takes for a leak. */
import { SecretsWatch } from './secrets.ts';

const token = 'AQpAM2RhZ21rZjRlbGJlb';
const grant = (values: object, marks: object) => ({
  values: { root_module: { resources: [{ address: 'aws_kms_grant.a', values, sensitive_values: marks }] } },
});

function lookAt(document: unknown, writeOnly: readonly string[] = []): SecretsWatch {
  const watch = new SecretsWatch(writeOnly);
  watch.lookAt(document, Buffer.from(JSON.stringify(document)));
  return watch;
}

test('a secret is where upstream demands it, marked sensitive', () => {
  const watch = lookAt(grant({ grant_token: token, name: 'a' }, { grant_token: true }));
  expect([...watch.misplaced]).toEqual([]);
  expect([...watch.found]).toEqual(['grant_token']);
});

test('a secret is found in another attribute, in private state, and without its mark', () => {
  expect([...lookAt(grant({ grant_token: token, name: `x${token}` }, { grant_token: true })).misplaced]).toEqual([
    'values.root_module.resources.0.values.name',
  ]);
  const hidden = {
    instances: [{ attributes: { grant_token: token }, private: Buffer.from(token).toString('base64') }],
  };
  expect([...lookAt(hidden).misplaced]).toEqual(['instances.0.private']);
  expect([...lookAt(grant({ grant_token: token }, {})).misplaced]).toEqual([
    'not marked sensitive: values.root_module.resources.0.values.grant_token',
  ]);
});

test('the value of a write-only argument is found anywhere, in base64 too', () => {
  const value = 'never stored';
  for (const text of [value, Buffer.from(value).toString('base64')]) {
    expect([...lookAt({ plaintext: text }, [value]).misplaced]).toEqual(['a write-only value, in the file']);
  }
});

test('a secret of one document is looked for in the next ones', () => {
  const watch = lookAt({ plaintext: 'shown once' });
  watch.lookAt({ outputs: { leak: { value: 'shown once' } } }, Buffer.of());
  expect([...watch.misplaced]).toEqual(['outputs.leak.value']);
});
