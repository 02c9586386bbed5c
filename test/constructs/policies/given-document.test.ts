// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM writes variables this way.
import { Key, KeyPolicyDocument } from '@keystead/constructs/cdktf';
import { Token } from 'cdktf';
import { account, alice, aStack, bob, synthesize, thePolicy, theResource } from '../stack.ts';

const root = `arn:aws:iam::${account}:root`;
const whole = { Sid: 'All', Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' };
const given = (...statements: object[]) => ({ Version: '2012-10-17', Id: 'key-default-1', Statement: statements });

/** Synthesizes a key with this policy; returns its policy and what synth warns of. */
function declared(json: string | object, declare: (key: Key) => void = () => undefined) {
  const stack = aStack();
  const key = new Key(stack, 'key', { policy: KeyPolicyDocument.fromJson(json as Record<string, unknown>) });
  declare(key);
  const policy = thePolicy(synthesize(stack));
  const warnings = key.node
    .findAll()
    .flatMap(({ node }) => node.metadata.map(({ data }) => String(data)).filter((data) => data !== 'trace'));
  return { policy, warnings };
}

describe('A policy from JSON', () => {
  const odd = {
    Effect: 'Deny',
    NotPrincipal: { AWS: [alice, root] },
    NotAction: ['kms:Describe*'],
    NotResource: `arn:aws:kms:*:${account}:key/x`,
    Condition: { Bool: { 'aws:SecureTransport': false } },
  };

  test.each<[string, string | object]>([
    ['an object', given(whole, odd)],
    ['text', JSON.stringify(given(whole, odd), null, 2)],
  ])('as %s keeps its statements as they are', (_what, json) => {
    expect(declared(json).policy).toEqual(given(whole, odd));
  });

  test('keeps policy variables, which Terraform would read', () => {
    const own = { ...whole, Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/${aws:username}' } } };
    const stack = aStack();
    new Key(stack, 'key', { policy: KeyPolicyDocument.fromJson(given(whole, own)) });
    expect(String(theResource(synthesize(stack), 'aws_kms_key').policy)).toContain('user/$${aws:username}');
  });

  test('takes a single statement, and more by grant methods', () => {
    const { policy } = declared({ Statement: whole }, (key) => key.grantDecrypt(bob));
    expect(policy).toEqual({
      Version: '2012-10-17',
      Statement: [whole, expect.objectContaining({ Principal: { AWS: bob }, Action: 'kms:Decrypt' })],
    });
  });

  test('warns of what AWS takes and cannot mean much', () => {
    const { warnings } = declared(
      given(
        whole,
        { ...whole, Action: ['kms:Decript'] },
        { ...whole, Sid: 'Via', Condition: { StringEquals: { 'kms:ViaServic': 's3.eu-west-1.amazonaws.com' } } },
      ),
    );
    expect(warnings).toEqual([
      'Two statements of the key policy have the id "All".',
      'The statement "All" has the action "kms:Decript", which AWS KMS does not have.',
      'The statement "Via": "kms:ViaServic" is not a condition key: did you mean kms:ViaService?',
    ]);
  });

  test('warns that its variables count under a newer version', () => {
    const own = { ...whole, Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/${aws:username}' } } };
    const old = { Version: '2008-10-17', Statement: [whole, own] };
    expect(declared(old).policy.Version).toBe('2008-10-17');
    expect(declared(old, (key) => key.grantDecrypt(bob)).warnings).toContainEqual(
      expect.stringMatching(/has policy variables and an older version/),
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    ['what is not JSON', () => KeyPolicyDocument.fromJson('{'), /cannot be read: .*invalid Json/],
    ['a name that occurs twice', () => KeyPolicyDocument.fromJson('{"Statement":[],"Statement":[]}'), /occurs twice/],
    ['no statements', () => KeyPolicyDocument.fromJson({ Version: '2012-10-17' }), /has no Statement/],
    [
      'a statement that is a text',
      () => KeyPolicyDocument.fromJson({ Statement: ['x'] }),
      /Statement\[0\] .* not an object/,
    ],
    [
      'a text that only Terraform knows',
      () => KeyPolicyDocument.fromJson(Token.asString({ resolve: () => 'x', creationStack: [], toString: () => '' })),
      /only Terraform knows.*read the file in the program/,
    ],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  test('is refused at synth in the words of the control plane when it is not a key policy', () => {
    expect(() => declared(given({ ...whole, Effect: 'Maybe' }))).toThrow(
      /\[stack\/key\] The control plane would refuse the key policy: Statement\[0\]\.Effect: Must be Allow or Deny/,
    );
  });
});

describe('Ids of statements', () => {
  const statement = { sid: 'Mine', principals: [bob], actions: ['kms:Decrypt' as const] };

  test('that two statements of a program have are refused with the path of the key', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    key.addToKeyPolicy(statement);
    key.addToKeyPolicy({ ...statement, principals: [alice] });
    expect(() => synthesize(stack)).toThrow(/\[stack\/key\] Two statements of the key policy have the id "Mine"/);
  });

  test('that a statement from JSON and one of the program have are a warning', () => {
    const { warnings } = declared(given(whole, { ...whole, Sid: 'Mine' }), (key) => key.addToKeyPolicy(statement));
    expect(warnings).toEqual(['Two statements of the key policy have the id "Mine".']);
  });
});
