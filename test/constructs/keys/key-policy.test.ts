// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform and IAM write references and variables this way.
import { Key, KeyPolicy, KeyPolicyDocument, type KeyPolicyStatement, type KeyProps } from '@keystead/constructs/cdktf';
import { Lazy, TerraformVariable, Token } from 'cdktf';
import { account, alice, aStack, bob, synthesize, thePolicy, theResource } from '../stack.ts';

const accountStatement = {
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
};

function policyOf(props: KeyProps, declare: (key: Key) => void = () => undefined) {
  const stack = aStack();
  declare(new Key(stack, 'key', props));
  return thePolicy(synthesize(stack));
}

function statement(more: Partial<KeyPolicyStatement>): KeyPolicyStatement {
  return { principals: [alice], actions: ['kms:Decrypt'], ...more };
}

describe('The policy of a Key', () => {
  test('trusts the account and nobody else by default', () => {
    expect(policyOf({})).toEqual({ Version: '2012-10-17', Statement: [accountStatement] });
  });

  test('names the account of the credentials when the provider is restricted to none', () => {
    const stack = aStack({ account: undefined } as object);
    new Key(stack, 'key');
    new Key(stack, 'other', { removalProtection: false });
    const { data } = synthesize(stack);
    expect(Object.values(data?.aws_caller_identity ?? {})).toEqual([expect.objectContaining({ provider: 'aws' })]);
  });

  test('lets administrators manage the key and users use it', () => {
    const { Statement } = policyOf({ administrators: [alice], users: [bob] });
    const [, administrators, users] = Statement;
    expect(Statement).toHaveLength(3);
    expect(administrators).toEqual(expect.objectContaining({ Sid: 'Administrators', Principal: { AWS: alice } }));
    expect(administrators?.Action).not.toEqual(expect.arrayContaining(['kms:Decrypt']));
    expect(administrators?.Action).toEqual(expect.arrayContaining(['kms:Put*', 'kms:ScheduleKeyDeletion']));
    expect(users).toEqual({
      Sid: 'Users',
      Effect: 'Allow',
      Principal: { AWS: bob },
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: '*',
    });
  });

  test('lets users of a signing key sign, not encrypt', () => {
    const { Statement } = policyOf({ keySpec: 'ECC_NIST_P256', keyUsage: 'SIGN_VERIFY', users: [bob] });
    expect(Statement[1]?.Action).toEqual(['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign', 'kms:Verify']);
  });

  test('is the given document alone when there is one', () => {
    const policy = new KeyPolicyDocument({ statements: [statement({ actions: ['kms:*'] })] });
    expect(policyOf({ policy }).Statement).toEqual([
      { Effect: 'Allow', Principal: { AWS: alice }, Action: 'kms:*', Resource: '*' },
    ]);
  });

  test('keeps the account statement beside a given document when asked to', () => {
    const policy = new KeyPolicyDocument({ statements: [statement({})] });
    expect(policyOf({ policy, trustAccountIdentities: true }).Statement).toEqual([
      accountStatement,
      expect.objectContaining({ Action: 'kms:Decrypt' }),
    ]);
  });

  test('takes statements until the stack is written', () => {
    const { Statement } = policyOf({}, (key) => {
      key.grantEncrypt(alice);
      key.addToKeyPolicy({
        sid: 'ThroughS3',
        principals: ['logs.amazonaws.com'],
        actions: ['kms:Decrypt'],
        conditions: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
      });
    });
    expect(Statement.slice(1)).toEqual([
      expect.objectContaining({ Action: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'] }),
      {
        Sid: 'ThroughS3',
        Effect: 'Allow',
        Principal: { Service: 'logs.amazonaws.com' },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
      },
    ]);
  });

  test('merges statements that differ only in their principals', () => {
    const { Statement } = policyOf({}, (key) => {
      key.grantDecrypt(alice);
      key.grantAdmin(bob);
      key.grantDecrypt('444455556666');
      key.grantDecrypt(alice);
    });
    expect(Statement).toHaveLength(3);
    expect(Statement[1]?.Principal).toEqual({ AWS: [alice, 'arn:aws:iam::444455556666:root'] });
  });

  test('does not merge what differs in conditions, effect or id', () => {
    const { Statement } = policyOf({}, (key) => {
      key.addToKeyPolicy(statement({}));
      key.addToKeyPolicy(statement({ principals: [bob], effect: 'Deny' }));
      key.addToKeyPolicy(statement({ principals: [bob], sid: 'One' }));
      key.addToKeyPolicy(statement({ principals: [bob], conditions: { Bool: { 'aws:SecureTransport': 'true' } } }));
    });
    expect(Statement).toHaveLength(5);
  });

  test.each<[string, (key: Key, principal: string) => void, string | string[]]>([
    ['grantDecrypt', (key, principal) => key.grantDecrypt(principal), 'kms:Decrypt'],
    [
      'grantEncryptDecrypt',
      (key, principal) => key.grantEncryptDecrypt(principal),
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    ],
    [
      'grant',
      (key, principal) => key.grant(principal, 'kms:GetKeyPolicy', 'kms:DescribeKey'),
      ['kms:DescribeKey', 'kms:GetKeyPolicy'],
    ],
  ])('%s allows its actions, sorted', (_name, grant, actions) => {
    const { Statement } = policyOf({}, (key) => grant(key, bob));
    expect(Statement[1]).toEqual(expect.objectContaining({ Principal: { AWS: bob }, Action: actions }));
  });

  test('of an ML-KEM key lets users do what its usage allows, and senders and receivers their part', () => {
    const { Statement } = policyOf({ keySpec: 'ML_KEM_768', users: [alice] }, (key) => {
      key.grantEncapsulate(bob);
      key.grantDecapsulate('444455556666');
    });
    expect(Statement.slice(1).map(({ Action }) => Action)).toEqual([
      ['kms:Decapsulate', 'kms:DescribeKey', 'kms:Encapsulate', 'kms:GetPublicKey'],
      'kms:Encapsulate',
      'kms:Decapsulate',
    ]);
  });

  test.each<[string, KeyProps, (key: Key) => void]>([
    ['grantSign on a symmetric key', {}, (key) => key.grantSign(bob)],
    ['grantVerify on an HMAC key', { keySpec: 'HMAC_256' }, (key) => key.grantVerify(bob)],
    ['grantGenerateMac on a symmetric key', {}, (key) => key.grantGenerateMac(bob)],
    ['grantVerifyMac on a symmetric key', {}, (key) => key.grantVerifyMac(bob)],
    ['grantDeriveSharedSecret on a symmetric key', {}, (key) => key.grantDeriveSharedSecret(bob)],
    ['grantEncapsulate on a symmetric key', {}, (key) => key.grantEncapsulate(bob)],
    ['grantDecapsulate on a signing key', { keySpec: 'ML_DSA_65' }, (key) => key.grantDecapsulate(bob)],
    ['grantDecrypt on an encapsulation key', { keySpec: 'ML_KEM_768' }, (key) => key.grantDecrypt(bob)],
    ['grantDecrypt on a signing key', { keySpec: 'ML_DSA_65' }, (key) => key.grantDecrypt(bob)],
  ])('refuses %s', (_what, props, grant) => {
    const key = new Key(aStack(), 'key', props);
    expect(() => grant(key)).toThrow(/^\[stack\/key\] The key's usage is \w+; .* need \w+\. Declare a key/);
  });

  test.each<[string, Partial<KeyPolicyStatement>, RegExp]>([
    ['an action that does not exist', { actions: ['kms:Decript*'] }, /"kms:Decript\*" matches no action of AWS KMS/],
    ['a statement without actions', { actions: [] }, /has no actions/],
    ['a statement without principals', { principals: [] }, /has no principals/],
    ['a group', { principals: [`arn:aws:iam::${account}:group/admins`] }, /Groups are not principals/],
    ['a bare user name', { principals: ['alice'] }, /"alice" is not a principal/],
    ['everybody without a condition', { principals: ['*'] }, /allows every principal/],
    ['a list that only Terraform knows', { principals: Token.asList('${local.admins}') }, /each element as its own/],
  ])('refuses %s', (_what, more, message) => {
    const key = new Key(aStack(), 'key');
    expect(() => key.addToKeyPolicy(statement(more))).toThrow(message);
    expect(() => new KeyPolicyDocument({ statements: [statement(more)] })).toThrow(message);
  });

  test('allows everybody under a condition, and denies everybody without one', () => {
    const conditions = { StringEquals: { 'kms:CallerAccount': account } };
    const { Statement } = policyOf({}, (key) => {
      key.addToKeyPolicy(statement({ principals: ['*'], conditions }));
      key.addToKeyPolicy(statement({ principals: ['*'], effect: 'Deny' }));
    });
    expect(Statement.map(({ Principal }) => Principal)).toEqual([expect.anything(), { AWS: '*' }, { AWS: '*' }]);
  });

  test('refuses at synth to lock everybody out, unless that is intended', () => {
    const policy = new KeyPolicyDocument({ statements: [statement({})] });
    expect(() => policyOf({ policy })).toThrow(/\[stack\/key\] The key policy lets nobody change it again/);
    expect(() => policyOf({ policy, bypassPolicyLockoutSafetyCheck: true })).not.toThrow();
    expect(() => policyOf({ policy, administrators: [alice] })).not.toThrow();
    expect(() => policyOf({ trustAccountIdentities: false })).toThrow(/has no statements/);
  });

  test('refuses at synth to mention its own key, which Terraform cannot resolve', () => {
    const mention = (key: Key) =>
      key.addToKeyPolicy(statement({ conditions: { StringEquals: { 'kms:EncryptionContext:key': key.keyArn } } }));
    expect(() => policyOf({}, mention)).toThrow(/refers to its own key/);
  });

  test('refuses at synth a policy above 32768 bytes and warns near it', () => {
    const principals = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => `arn:aws:iam::${account}:user/someone-${String(index).padStart(6, '0')}`,
      );
    expect(() => policyOf({ users: principals(800) })).toThrow(/takes at least \d+ bytes; AWS KMS allows 32768/);
    const stack = aStack();
    const key = new Key(stack, 'key', { users: principals(640) });
    synthesize(stack);
    const warnings = key.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => data));
    expect(warnings).toContainEqual(expect.stringContaining('close to the limit'));
  });

  test('keeps references and lazy values as references', () => {
    const stack = aStack();
    let principal = 'not yet known';
    const key = new Key(stack, 'key');
    key.grantDecrypt(Lazy.stringValue({ produce: () => principal }));
    key.grantDecrypt(new TerraformVariable(stack, 'role', { type: 'string' }).stringValue);
    principal = bob;
    expect(thePolicy(synthesize(stack)).Statement[1]?.Principal).toEqual({ AWS: [bob, '${var.role}'] });
  });

  test('escapes policy variables so that they survive Terraform', () => {
    const stack = aStack();
    new Key(stack, 'key').addToKeyPolicy(
      statement({
        conditions: { StringLike: { 'kms:EncryptionContext:path': ['${aws:username}/*', '%{x}', 'a$b%c'] } },
      }),
    );
    const text = String(theResource(synthesize(stack), 'aws_kms_key').policy);
    expect(text).toContain('["$${aws:username}/*","%%{x}","a$b%c"]');
  });
});

describe('KeyPolicy', () => {
  const elsewhere = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const whole = () => new KeyPolicyDocument({ statements: [statement({ actions: ['kms:*'] })] });

  test('declares the whole policy of a key that is declared elsewhere', () => {
    const stack = aStack();
    new KeyPolicy(stack, 'policy', { key: Key.fromKeyArn(stack, 'key', elsewhere), policy: whole() });
    expect(theResource(synthesize(stack), 'aws_kms_key_policy')).toEqual(
      expect.objectContaining({ key_id: '1234abcd-12ab-34cd-56ef-1234567890ab', region: 'eu-west-1', provider: 'aws' }),
    );
  });

  test('refuses a key that declares its own policy', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    expect(() => new KeyPolicy(stack, 'policy', { key, policy: whole() })).toThrow(/declares its own policy/);
  });

  test('refuses at synth to lock everybody out', () => {
    const stack = aStack();
    const policy = new KeyPolicyDocument({ statements: [statement({})] });
    new KeyPolicy(stack, 'policy', { key: Key.fromKeyArn(stack, 'key', elsewhere), policy });
    expect(() => synthesize(stack)).toThrow(/lets nobody change it again/);
  });
});
