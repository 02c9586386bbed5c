/**
 * Mistakes that must not compile. `make check` compiles this file: a line that compiles although it is marked as an
 * error fails there. Here the same lines are executed, as a program without types would.
 */
import {
  Condition,
  type Conditions,
  GlobalConditionKey,
  Key,
  type KeyAccessMeans,
  type KmsAction,
  KmsConditionKey,
  PolicyDocument,
  RolePrincipal,
} from '@keystead/constructs/cdktf';
import { alice, aStack, bob } from '../stack.ts';

const aKey = () => new Key(aStack(), 'key');
const given = (conditions: Conditions) => () => aKey().grantDecrypt(alice, { conditions });
const allowing = (action: KmsAction) => () => aKey().grant(alice, action);
const denying = (notActions: KmsAction[]) => () => aKey().addToKeyPolicy({ principals: [alice], notActions });
const by = (means: KeyAccessMeans) => () => aKey().grantDecrypt(alice, { means });

describe('does not compile, and is refused when it is executed:', () => {
  test.each<[string, () => unknown]>([
    [
      'a misspelled condition key',
      // @ts-expect-error: not a condition key
      given({ StringEquals: { 'kms:ViaServic': 'x' } }),
    ],
    [
      'a misspelled operator',
      // @ts-expect-error: not an operator
      given({ StringEqual: { 'kms:ViaService': 'x' } }),
    ],
    [
      'an operator that does not fit',
      // @ts-expect-error: an operator for numbers
      given({ NumericEquals: { 'kms:ViaService': 1 } }),
    ],
    [
      'a misspelled family',
      // @ts-expect-error: not a condition key
      given({ StringEquals: { 'kms:EncryptionContex:a': 'b' } }),
    ],
    [
      'a misspelled key of one condition',
      // @ts-expect-error: not a condition key
      () => given([Condition.stringEquals('kms:ViaServic', 'x')])(),
    ],
    [
      'a key that does not fit',
      // @ts-expect-error: a key whose values are text
      () => given([Condition.bool(KmsConditionKey.VIA_SERVICE, true)])(),
    ],
    [
      'a misspelled condition of a principal',
      () =>
        aKey().grantDecrypt(
          // @ts-expect-error: not a condition key
          new RolePrincipal(bob).withConditions({ Bool: { 'aws:SecureTranspor': true } }),
        ),
    ],
    [
      'a misspelled action',
      // @ts-expect-error: not an action
      allowing('kms:Decript'),
    ],
    [
      'a misspelled exception',
      // @ts-expect-error: not an action
      denying(['kms:Decript']),
    ],
    [
      'a means that does not exist',
      // @ts-expect-error: not a means
      by('BUCKET_POLICY'),
    ],
  ])('%s', (_what, mistake) => {
    expect(mistake).toThrow();
  });
});

test('what is right compiles', () => {
  const conditions = {
    StringEquals: { 'kms:EncryptionContext:Department': 'finance', 'aws:PrincipalTag/team': ['a', 'b'] },
    'ForAnyValue:StringLikeIfExists': { 'kms:EncryptionContextKeys': ['a*'] },
    DateLessThan: { 'aws:CurrentTime': '2027-01-01' },
    Null: { 'kms:ViaService': true },
  };
  expect(() => aKey().grantDecrypt(alice, { conditions })).not.toThrow();
  expect(() =>
    aKey().grantDecrypt(alice, { conditions: { StringLike: { [KmsConditionKey.REQUEST_ALIAS]: 'alias/a*' } } }),
  ).not.toThrow();
  const tag = GlobalConditionKey.resourceTag('team');
  const policy = () =>
    new PolicyDocument({
      statements: [{ actions: ['kms:Decrypt'], resources: ['*'], conditions: { StringEquals: { [tag]: 'a' } } }],
    });
  expect(policy).not.toThrow();
});
