import { Grant, type GrantProps, Key, type KeyProps, ServicePrincipal } from '@keystead/constructs/cdktf';
import { TerraformVariable } from 'cdktf';
import { account, alice, aStack, bob, synthesize, theResource } from '../stack.ts';

const table = `arn:aws:dynamodb:eu-west-1:${account}:table/orders`;
const database = (sourceArn = table) => new ServicePrincipal('dynamodb.amazonaws.com', { sourceArn });

function grantArguments(props: Partial<GrantProps>, keyProps: KeyProps = {}) {
  const stack = aStack();
  const key = new Key(stack, 'key', keyProps);
  new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'], ...props });
  return theResource(synthesize(stack), 'aws_kms_grant');
}

describe('Grant', () => {
  test('declares one principal, its operations and the encryption context they hold for', () => {
    const { '//': _, ...declared } = grantArguments({
      name: 'finance',
      operations: ['GenerateDataKey', 'Decrypt', 'Decrypt'],
      encryptionContextEquals: { Department: 'finance' },
      retiringPrincipal: bob,
      retireOnDelete: true,
    });
    expect(declared).toEqual({
      key_id: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.key_id\}$/),
      grantee_principal: alice,
      operations: ['Decrypt', 'GenerateDataKey'],
      name: 'finance',
      retiring_principal: bob,
      retire_on_delete: true,
      constraints: [{ encryption_context_equals: { Department: 'finance' } }],
      provider: 'aws',
    });
  });

  test('takes a subset constraint', () => {
    expect(grantArguments({ encryptionContextSubset: { Department: 'finance' } }).constraints).toEqual([
      { encryption_context_subset: { Department: 'finance' } },
    ]);
  });

  test('is for a service that acts for one resource, with who can retire it', () => {
    const declared = grantArguments({ granteePrincipal: database(), retiringPrincipal: bob });
    expect(declared).toMatchObject({
      grantee_service_principal: 'dynamodb.amazonaws.com',
      retiring_principal: bob,
      constraints: [{ source_arn: table }],
    });
    expect(Object.keys(declared)).not.toContain('grantee_principal');
  });

  test('is for a service in an encryption context too, and a service can retire it', () => {
    const declared = grantArguments({
      granteePrincipal: database(`${table}*`),
      retiringPrincipal: new ServicePrincipal('dynamodb.amazonaws.com'),
      encryptionContextSubset: { app: 'shop' },
    });
    expect(declared).toMatchObject({
      grantee_service_principal: 'dynamodb.amazonaws.com',
      retiring_service_principal: 'dynamodb.amazonaws.com',
      constraints: [{ encryption_context_subset: { app: 'shop' }, source_arn: `${table}*` }],
    });
    expect(Object.keys(declared)).not.toContain('retiring_principal');
  });

  test('is for a service on a key without encryption contexts, and a service by name can retire that of a role', () => {
    const mac: Partial<GrantProps> = { operations: ['GenerateMac'], retiringPrincipal: 's3.amazonaws.com' };
    const hmac: KeyProps = { keySpec: 'HMAC_256' };
    expect(grantArguments({ ...mac, granteePrincipal: database() }, hmac).constraints).toEqual([{ source_arn: table }]);
    expect(grantArguments({ ...mac, granteePrincipal: bob }, hmac)).toMatchObject({
      grantee_principal: bob,
      retiring_service_principal: 's3.amazonaws.com',
    });
  });

  test('takes the account of the source twice, if it is the same', () => {
    const granteePrincipal = new ServicePrincipal('dynamodb.amazonaws.com', {
      sourceArn: table,
      sourceAccount: account,
    });
    expect(grantArguments({ granteePrincipal, retiringPrincipal: bob }).constraints).toEqual([{ source_arn: table }]);
  });

  test('takes a service and a source that only Terraform knows', () => {
    const stack = aStack();
    const text = (name: string) => new TerraformVariable(stack, name, { type: 'string' }).stringValue;
    new Grant(stack, 'grant', {
      key: new Key(stack, 'key'),
      granteePrincipal: new ServicePrincipal(text('service'), { sourceArn: text('source') }),
      retiringPrincipal: text('retiring'),
      operations: ['Decrypt'],
    });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's references
    const [service, source, retiring] = ['${var.service}', '${var.source}', '${var.retiring}'];
    expect(theResource(synthesize(stack), 'aws_kms_grant')).toMatchObject({
      grantee_service_principal: service,
      retiring_principal: retiring,
      constraints: [{ source_arn: source }],
    });
  });

  test('is made in the key’s Region', () => {
    expect(grantArguments({}, { region: 'eu-north-1' }).region).toBe('eu-north-1');
  });

  test('allows what the usage of the key allows', () => {
    const mac = grantArguments({ operations: ['GenerateMac', 'VerifyMac', 'DescribeKey'] }, { keySpec: 'HMAC_256' });
    expect(mac.operations).toEqual(['DescribeKey', 'GenerateMac', 'VerifyMac']);
    const mlKem = grantArguments(
      { operations: ['Decapsulate', 'Encapsulate', 'GetPublicKey'] },
      { keySpec: 'ML_KEM_512' },
    );
    expect(mlKem.operations).toEqual(['Decapsulate', 'Encapsulate', 'GetPublicKey']);
    const rsa: KeyProps = { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT' };
    expect(grantArguments({ operations: ['Encrypt', 'GetPublicKey', 'CreateGrant'] }, rsa).operations).toHaveLength(3);
  });

  const pairs = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, 'value']));

  test.each<[string, Partial<GrantProps>, KeyProps, RegExp]>([
    ['no operations', { operations: [] }, {}, /allows no operation/],
    ['signing with a symmetric key', { operations: ['Sign'] }, {}, /SYMMETRIC_DEFAULT.*does not support Sign/],
    ['the public key of a symmetric key', { operations: ['GetPublicKey'] }, {}, /does not support GetPublicKey/],
    [
      'data keys of an RSA key',
      { operations: ['Decrypt', 'GenerateDataKey'] },
      { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT' },
      /does not support GenerateDataKey\./,
    ],
    [
      'both constraints at once',
      { encryptionContextEquals: { a: 'b' }, encryptionContextSubset: { a: 'b' } },
      {},
      /cannot have both/,
    ],
    [
      'an encryption context of an HMAC key',
      { operations: ['GenerateMac'], encryptionContextEquals: { a: 'b' } },
      { keySpec: 'HMAC_256' },
      /have no encryption context/,
    ],
    [
      'an encryption context of an ML-KEM key',
      { operations: ['Decapsulate'], encryptionContextSubset: { a: 'b' } },
      { keySpec: 'ML_KEM_768' },
      /have no encryption context/,
    ],
    ['decapsulating with a symmetric key', { operations: ['Decapsulate'] }, {}, /does not support Decapsulate/],
    ['a constraint without pairs', { encryptionContextEquals: {} }, {}, /has 0 pairs. Give 1 to 8/],
    ['a constraint of nine pairs', { encryptionContextSubset: pairs(9) }, {}, /has 9 pairs/],
    ['a value above 384 characters', { encryptionContextEquals: { a: 'x'.repeat(385) } }, {}, /at most 384/],
    [
      'a service without the resource that it acts for',
      { granteePrincipal: 'logs.amazonaws.com', retiringPrincipal: bob },
      {},
      /service logs\.amazonaws\.com needs the ARN of the resource.*new ServicePrincipal\('logs\.amazonaws\.com', \{ sourceArn \}\)/,
    ],
    [
      'a service of which only the account is known',
      {
        granteePrincipal: new ServicePrincipal('logs.amazonaws.com', { sourceAccount: account }),
        retiringPrincipal: bob,
      },
      {},
      /needs the ARN of the resource/,
    ],
    [
      'a service whose grant nobody can retire',
      { granteePrincipal: database() },
      {},
      /needs somebody who can retire it/,
    ],
    [
      'another account than that of the source',
      {
        granteePrincipal: new ServicePrincipal('logs.amazonaws.com', {
          sourceArn: table,
          sourceAccount: '444455556666',
        }),
        retiringPrincipal: bob,
      },
      {},
      /Leave sourceAccount out/,
    ],
    [
      'further conditions of a service',
      {
        granteePrincipal: database().withConditions({ Bool: { 'aws:SecureTransport': 'true' } }),
        retiringPrincipal: bob,
      },
      {},
      /service dynamodb\.amazonaws\.com cannot have the conditions/,
    ],
    [
      'a source in any Region',
      { granteePrincipal: database(`arn:aws:logs:*:${account}:x`), retiringPrincipal: bob },
      {},
      /"arn:aws:logs:\*:.*cannot be the sourceArn of a grant.*only its last part can have wildcards/,
    ],
    [
      'a source without an account',
      { granteePrincipal: database('arn:aws:s3:::orders-and-more'), retiringPrincipal: bob },
      {},
      /cannot be the sourceArn of a grant.*with its account/,
    ],
    [
      'a source of a service that retires',
      { granteePrincipal: alice, retiringPrincipal: database() },
      {},
      /can retire the grant in every request/,
    ],
    ['everybody as grantee', { granteePrincipal: '*' }, {}, /cannot hold a grant/],
    ['a group as grantee', { granteePrincipal: `arn:aws:iam::${account}:group/all` }, {}, /Groups are not principals/],
    ['a bare name as retiring principal', { retiringPrincipal: 'bob' }, {}, /cannot hold a grant/],
  ])('refuses %s', (_what, props, keyProps, message) => {
    expect(() => grantArguments(props, keyProps)).toThrow(message);
  });
});
