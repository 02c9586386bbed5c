import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { aStatement, policyText, type Statement } from '../support/policies.ts';

const isNew = (...statements: readonly Statement[]) =>
  compiledKeyPolicy(policyText(...statements.map(aStatement)), undefined, undefined, true);
const tooMany = `The key policy has more than ${limits.policyParts} parts`;
const deny = (rest: Statement): Statement => ({ Effect: 'Deny', Principal: '*', Resource: '*', ...rest });

test.each<[string, Statement]>([
  ['values', { Condition: { StringLike: { 'aws:UserAgent': Array.from({ length: 2500 }, (_, i) => `${i}*`) } } }],
  [
    'condition keys',
    { Condition: { StringLike: Object.fromEntries(Array.from({ length: 630 }, (_, i) => [i, '*'])) } },
  ],
  ['actions', { Action: Array.from({ length: 2500 }, (_, i) => `k:${i}`) }],
  ['resources', { Resource: Array.from({ length: 2500 }, (_, i) => `${i}`) }],
])('a new key policy cannot have thousands of %s', (_title, statement) => {
  expect(() => isNew(deny(statement))).toThrow(tooMany);
  // What was stored before stays in force.
  expect(compiledKeyPolicy(policyText(aStatement(deny(statement)))).statements).toHaveLength(1);
});

test('policies of the greatest size with values, conditions or statements of an honest length are accepted', () => {
  const accounts = Array.from({ length: 2150 }, (_, i) => `${111100000000 + i}`);
  expect(isNew(deny({ Principal: { AWS: accounts } })).statements).toHaveLength(1);
  const statements = Array.from({ length: 400 }, () => deny({ Action: 'kms:*' }));
  expect(isNew(...statements).statements).toHaveLength(400);
});
