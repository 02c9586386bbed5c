import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conditionValue } from '@keystead/policy/request-context.ts';
import { conditionKeyNames, findConditionKey } from '@keystead/provider-schema/condition-keys.ts';

const evaluator = readFileSync(join(import.meta.dirname, '../../policy/request-context.ts'), 'utf8');
/** Keys that the evaluator computes, lower case, as its tables have them. */
const computed = [...new Set([...evaluator.matchAll(/'((?:kms|aws):[a-z/:]+)'/g)].map(([, name]) => name ?? ''))];

test('every key that the evaluator computes is in the table', () => {
  const missing = computed.filter((name) => findConditionKey(/[:/]$/.test(name) ? `${name}x` : name) === undefined);
  expect(missing).toEqual([]);
  expect(computed.length).toBeGreaterThan(50);
});

test('every key with several values is one with several values for the evaluator, and no other', () => {
  const wrong = computed.filter(
    (name) => Array.isArray(conditionValue(name, ['one'])) !== (findConditionKey(name)?.multivalued ?? false),
  );
  expect(wrong).toEqual([]);
});

test('names do not depend on case, and families need the rest of their name', () => {
  expect(findConditionKey('KMS:viaservice')).toEqual(expect.objectContaining({ type: 'String' }));
  expect(findConditionKey('kms:EncryptionContext:Department')).toBeDefined();
  expect(findConditionKey('kms:EncryptionContext:')).toBeUndefined();
  expect(findConditionKey('kms:EncryptionContextKeys')?.multivalued).toBe(true);
  expect(findConditionKey('kms:ViaServic')).toBeUndefined();
});

test('no two keys differ only in case', () => {
  expect(new Set(conditionKeyNames.map((name) => name.toLowerCase())).size).toBe(conditionKeyNames.length);
});
