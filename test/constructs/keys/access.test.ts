import {
  type IKey,
  type IPrincipal,
  Key,
  type KeyAccessOptions,
  type PolicyStatement,
  PrincipalBase,
  type PrincipalFragment,
  RolePrincipal,
  ServicePrincipal,
  ViaServicePrincipal,
  WebIdentityPrincipal,
} from '@keystead/constructs/cdktf';
import { TerraformOutput, TerraformVariable } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { account, alice, aStack, bob, resources, synthesize, thePolicy, theResource } from '../stack.ts';

const foreign = 'arn:aws:iam::444455556666:role/partner';
const elsewhere = 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const table = `arn:aws:dynamodb:eu-west-1:${account}:table/orders`;
const ofTable = new ServicePrincipal('dynamodb.amazonaws.com', { sourceArn: table });

/** A principal whose identity policy this program declares. */
class Holder extends PrincipalBase {
  readonly statements: PolicyStatement[] = [];
  readonly policy: Construct;
  readonly #arn: string;

  constructor(scope: Construct, arn = bob) {
    super();
    this.policy = new Construct(scope, 'holder');
    this.#arn = arn;
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: this.#arn };
  }

  override get principalAccount(): string | undefined {
    return this.#arn.split(':')[4];
  }

  override addToIdentityPolicy(statement: PolicyStatement): IConstruct {
    this.statements.push(statement);
    return this.policy;
  }
}

const notesOf = (key: IKey) => key.node.metadata.map(({ data }) => data);

describe('The key policy as means', () => {
  test('is what a declared key uses by default, and its statement is returned', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    const access = key.grantDecrypt(alice);
    expect(access).toEqual({
      means: 'KEY_POLICY',
      policy: key,
      statement: { Effect: 'Allow', Principal: { AWS: alice }, Action: 'kms:Decrypt', Resource: '*' },
    });
    expect(thePolicy(synthesize(stack)).Statement[1]).toEqual(access.statement);
  });

  test('takes conditions', () => {
    const stack = aStack();
    const conditions = { StringEquals: { 'kms:EncryptionContext:app': 'shop' } };
    new Key(stack, 'key').grantEncrypt(alice, { conditions });
    expect(thePolicy(synthesize(stack)).Statement[1]?.Condition).toEqual(conditions);
  });

  test.each<[string, (key: Key) => unknown, string[]]>([
    ['grantGenerateDataKey', (key) => key.grantGenerateDataKey(bob), ['kms:GenerateDataKey*']],
    [
      'grantActions',
      (key) => key.grantActions(bob, ['kms:ListGrants', 'kms:CreateGrant']),
      ['kms:CreateGrant', 'kms:ListGrants'],
    ],
  ])('%s allows its actions', (_name, grant, actions) => {
    const stack = aStack();
    grant(new Key(stack, 'key'));
    expect([thePolicy(synthesize(stack)).Statement[1]?.Action].flat()).toEqual(actions);
  });

  test('lets signers sign and verify', () => {
    const stack = aStack();
    new Key(stack, 'key', { keySpec: 'ECC_NIST_P256', keyUsage: 'SIGN_VERIFY' }).grantSignVerify(bob);
    expect(thePolicy(synthesize(stack)).Statement[1]?.Action).toEqual(['kms:Sign', 'kms:Verify']);
  });

  test('says at synth what the account of a foreign principal must do too', () => {
    const key = new Key(aStack(), 'key');
    const { otherSide } = key.grantDecrypt(foreign);
    expect(otherSide).toMatch(
      /^arn:aws:iam::444455556666:role\/partner is in another account.*Account 444455556666 must/,
    );
    expect(notesOf(key)).toEqual([otherSide]);
  });

  test('also adds to the identity policy of a foreign principal that this program declares', () => {
    const stack = aStack();
    const partner = new Holder(stack, foreign);
    const key = new Key(stack, 'key');
    expect(key.grantDecrypt(partner).otherSide).toBeUndefined();
    expect(partner.statements).toEqual([
      expect.objectContaining({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
    ]);
    expect(thePolicy(synthesize(stack)).Statement[1]?.Principal).toEqual({ AWS: foreign });
  });
});

describe('The identity policy as means', () => {
  test('names the key by its ARN, and leaves the key policy alone', () => {
    const stack = aStack();
    const role = new Holder(stack);
    const key = new Key(stack, 'key');
    const access = key.grantEncrypt(role, { means: 'IDENTITY_POLICY' });
    expect(role.statements).toEqual([
      {
        actions: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        resources: [key.keyArn],
        conditions: undefined,
      },
    ]);
    expect(access).toEqual(expect.objectContaining({ means: 'IDENTITY_POLICY', policy: role.policy }));
    expect(access.statement).toEqual(expect.objectContaining({ Effect: 'Allow', Resource: key.keyArn }));
    expect(thePolicy(synthesize(stack)).Statement).toHaveLength(1);
  });

  test('is what an imported key uses by default', () => {
    const stack = aStack();
    const role = new Holder(stack, foreign);
    expect(Key.fromKeyArn(stack, 'key', elsewhere).grantDecrypt(role).means).toBe('IDENTITY_POLICY');
    expect(role.statements[0]?.resources).toEqual([elsewhere]);
  });

  test('follows an alias: whichever key of the account has it', () => {
    const stack = aStack();
    const role = new Holder(stack);
    Key.fromAliasName(stack, 'key', 'orders').grantDecrypt(role, {
      conditions: { StringEquals: { 'kms:EncryptionContext:app': 'shop' } },
    });
    new TerraformOutput(stack, 'statement', { value: role.statements[0] });
    expect(synthesize(stack).output?.statement?.value).toEqual({
      actions: ['kms:Decrypt'],
      resources: [
        expect.stringMatching(/^\$\{replace\(data\.aws_kms_key\.\w+\.arn, "\/:key\/\.\*\$\/", ":key\/\*"\)\}$/),
      ],
      conditions: {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/orders' },
        StringEquals: { 'kms:EncryptionContext:app': 'shop' },
      },
    });
  });

  test('keeps the conditions of the principal', () => {
    const stack = aStack();
    const role = new Holder(stack);
    new Key(stack, 'key').grantDecrypt(new ViaServicePrincipal('s3.eu-west-1.amazonaws.com', role), {
      means: 'IDENTITY_POLICY',
    });
    expect(role.statements[0]?.conditions).toEqual({
      StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
    });
  });

  test('of a foreign principal names it in the key policy too', () => {
    const stack = aStack();
    new Key(stack, 'key').grantDecrypt(new Holder(stack, foreign), { means: 'IDENTITY_POLICY' });
    expect(thePolicy(synthesize(stack)).Statement[1]?.Principal).toEqual({ AWS: foreign });
  });

  test('says what the account of an imported key must do for a principal of this one', () => {
    const stack = aStack();
    const { otherSide } = Key.fromKeyArn(stack, 'key', elsewhere).grantDecrypt(new Holder(stack));
    expect(otherSide).toMatch(/Account 444455556666 must allow it kms:Decrypt in the policy of this key/);
  });

  test('is refused at synth when the key policy does not let identity policies decide', () => {
    const stack = aStack();
    const key = new Key(stack, 'key', { trustAccountIdentities: false, administrators: [alice] });
    key.grantEncryptDecrypt(new Holder(stack), { means: 'IDENTITY_POLICY' });
    expect(() => synthesize(stack)).toThrow(
      /\[stack\/key\] Access by IDENTITY_POLICY has no effect.*kms:Decrypt, kms:Encrypt.*trustAccountIdentities/,
    );
  });

  test('is refused for a principal whose policies this program does not declare', () => {
    const key = new Key(aStack(), 'key');
    expect(() => key.grantDecrypt(alice, { means: 'IDENTITY_POLICY' })).toThrow(
      /^\[stack\/key\] .*does not declare the policies of arn.*alice.*'KEY_POLICY' or 'KMS_GRANT'/,
    );
  });
});

describe('A KMS grant as means', () => {
  test('declares a Grant below the key, and leaves the key policy alone', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    const access = key.grantEncryptDecrypt(new RolePrincipal(bob), {
      means: 'KMS_GRANT',
      encryptionContextSubset: { app: 'shop' },
      retiringPrincipal: alice,
    });
    expect(access.grant?.node.path).toBe(`stack/key/Grant-encryptDecrypt-${account}-role-bob`);
    expect(theResource(synthesize(stack), 'aws_kms_grant')).toEqual(
      expect.objectContaining({
        grantee_principal: bob,
        retiring_principal: alice,
        constraints: [{ encryption_context_subset: { app: 'shop' } }],
        operations: [
          'Decrypt',
          'Encrypt',
          'GenerateDataKey',
          'GenerateDataKeyPair',
          'GenerateDataKeyPairWithoutPlaintext',
          'GenerateDataKeyWithoutPlaintext',
          'ReEncryptFrom',
          'ReEncryptTo',
        ],
      }),
    );
  });

  test('is for a service that acts for one resource', () => {
    const stack = aStack();
    const access = new Key(stack, 'key').grantDecrypt(ofTable, { means: 'KMS_GRANT', retiringPrincipal: alice });
    expect(access.grant?.node.path).toBe('stack/key/Grant-decrypt-dynamodb.amazonaws.com');
    expect(access.otherSide).toBeUndefined();
    expect(theResource(synthesize(stack), 'aws_kms_grant')).toMatchObject({
      grantee_service_principal: 'dynamodb.amazonaws.com',
      retiring_principal: alice,
      constraints: [{ source_arn: table }],
    });
  });

  test('works for imported keys', () => {
    const stack = aStack();
    Key.fromKeyArn(stack, 'key', elsewhere).grantDecrypt(bob, { means: 'KMS_GRANT' });
    expect(theResource(synthesize(stack), 'aws_kms_grant')).toEqual(
      expect.objectContaining({ key_id: elsewhere, region: 'eu-west-1' }),
    );
  });

  test('has an address that does not depend on what else is granted', () => {
    const idsOf = (declare: (key: Key) => void) => {
      const stack = aStack();
      declare(new Key(stack, 'key'));
      return Object.keys(synthesize(stack).resource.aws_kms_grant ?? {});
    };
    const options: KeyAccessOptions = { means: 'KMS_GRANT' };
    const alone = idsOf((key) => key.grantDecrypt(bob, options));
    const beside = idsOf((key) => {
      key.grantDecrypt(alice, options);
      key.grantEncrypt(bob, options);
      key.grantDecrypt(bob, options);
    });
    expect(beside).toEqual(expect.arrayContaining(alone));
    expect(beside).toHaveLength(3);
  });

  test('needs an id where only Terraform knows the principal', () => {
    const stack = aStack();
    const role = new TerraformVariable(stack, 'role', { type: 'string' }).stringValue;
    const key = new Key(stack, 'key');
    expect(() => key.grantDecrypt(role, { means: 'KMS_GRANT' })).toThrow(/^\[stack\/key\] .*Give the option grantId/);
    key.grantDecrypt(role, { means: 'KMS_GRANT', grantId: 'ForRole' });
    expect(resources(synthesize(stack), 'aws_kms_grant')).toHaveLength(1);
  });

  test.each<[string, IPrincipal | string, KeyAccessOptions, RegExp]>([
    ['a service for any resource', 'logs.amazonaws.com', {}, /needs the ARN of the resource.*ServicePrincipal/],
    ['a service without a retiring principal', ofTable, {}, /needs somebody who can retire it/],
    ['everybody', '*', {}, /cannot hold a grant/],
    [
      'the bearer of a token',
      new WebIdentityPrincipal(`arn:aws:iam::${account}:oidc-provider/a.b`),
      {},
      /cannot hold a grant/,
    ],
    [
      'a principal with conditions',
      new ViaServicePrincipal('s3.eu-west-1.amazonaws.com', bob),
      {},
      /conditions of that principal/,
    ],
    [
      'conditions',
      bob,
      { conditions: { Bool: { 'aws:SecureTransport': 'true' } } },
      /A grant has no conditions.*encryptionContext/,
    ],
  ])('is refused for %s', (_what, grantee, options, message) => {
    const key = new Key(aStack(), 'key');
    expect(() => key.grantDecrypt(grantee, { ...options, means: 'KMS_GRANT' })).toThrow(message);
  });

  test('is refused for what no grant can allow', () => {
    const key = new Key(aStack(), 'key');
    expect(() => key.grantActions(bob, ['kms:Decrypt', 'kms:PutKeyPolicy'], { means: 'KMS_GRANT' })).toThrow(
      /A grant cannot allow kms:PutKeyPolicy\. Choose means: 'KEY_POLICY' or 'IDENTITY_POLICY'/,
    );
  });

  test('is refused twice for the same', () => {
    const key = new Key(aStack(), 'key');
    key.grantDecrypt(bob, { means: 'KMS_GRANT' });
    expect(() => key.grantDecrypt(bob, { means: 'KMS_GRANT' })).toThrow(/There is a grant .* already/);
  });

  test('has options that policies do not have', () => {
    const key = new Key(aStack(), 'key');
    expect(() => key.grantDecrypt(bob, { encryptionContextEquals: { a: 'b' } })).toThrow(
      /encryptionContextEquals is for grants, and access is given by KEY_POLICY/,
    );
  });
});

describe('trustAccount', () => {
  test('lets another account decide who of its principals uses the key', () => {
    const stack = aStack();
    const key = new Key(stack, 'key', { keySpec: 'HMAC_256' });
    expect(key.trustAccount('444455556666').otherSide).toMatch(/Account 444455556666 must allow/);
    expect(thePolicy(synthesize(stack)).Statement[1]).toEqual({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::444455556666:root' },
      Action: ['kms:DescribeKey', 'kms:GenerateMac', 'kms:VerifyMac'],
      Resource: '*',
    });
  });

  test('can be narrowed', () => {
    const stack = aStack();
    const conditions = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } };
    new Key(stack, 'key').trustAccount('444455556666', { actions: ['kms:Decrypt'], conditions });
    expect(thePolicy(synthesize(stack)).Statement[1]).toEqual(
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: conditions }),
    );
  });

  test('refuses what is not an account, and keys that are declared elsewhere', () => {
    const stack = aStack();
    expect(() => new Key(stack, 'key').trustAccount('partner')).toThrow(
      /^\[stack\/key\] "partner" is not an account id/,
    );
    expect(() => Key.fromKeyArn(stack, 'other', elsewhere).trustAccount(account)).toThrow(/declared where the key is/);
  });
});
