/** SimulateAuthorization: decides as for a real request, also with policies and conditions that are not in force. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { everything } from '../support/callers.ts';
import { openPermissionCases, type PermissionCases, source, to, toDatabase } from '../support/permission-cases.ts';
import { policyText } from '../support/policies.ts';
import { accountId, region, rootOf, type TestControlPlane } from '../support/test-control-plane.ts';

const Plaintext = Buffer.from('secret');
const denied = 'AccessDeniedException: ';

let controlPlane: TestControlPlane;
let app: Caller;
let builder: Caller;
let keyFor: PermissionCases['keyFor'];
beforeAll(async () => {
  ({ controlPlane, app, builder, keyFor } = await openPermissionCases());
});
afterAll(() => controlPlane?.close());

describe('SimulateAuthorization', () => {
  test('decides as for a real request, and says why', async () => {
    const { Arn } = await keyFor(to({ AWS: app.principal.arn }, 'kms:Encrypt'));
    const ask = (Action: string) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn: app.principal.arn, Action, KeyId: Arn });
    expect(await ask('kms:Encrypt')).toMatchObject({ Decision: 'Allow', Reason: 'key policy statement "to" allows' });
    const refused = await ask('kms:Decrypt');
    expect(refused).toMatchObject({
      Decision: 'Deny',
      Message: await controlPlane
        .refusal('Decrypt', { KeyId: Arn, CiphertextBlob: Plaintext }, { as: app })
        .then((text) => text.slice(denied.length)),
    });
    expect(refused.Steps.map(({ Question }) => Question)).toEqual([
      'key policy',
      "the caller's identity policies",
      'grants',
      'decision',
    ]);
    expect(refused.Steps[0]?.Details).toEqual([
      'Allow "account": applies to the caller\'s account',
      'Allow "to": is about other actions',
    ]);
  });

  test('uses a policy that is not in force, conditions from the caller, and the stored grants', async () => {
    const { Arn } = await keyFor();
    const { roleArn } = builder.principal as { roleArn: string };
    const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
    const KeyPolicy = policyText({ ...to({ AWS: roleArn }, 'kms:Sign'), Condition });
    const ask = (more: object) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn: roleArn, Action: 'kms:Sign', KeyId: Arn, ...more });
    expect(await ask({})).toMatchObject({ Decision: 'Deny' });
    const without = await ask({ KeyPolicy });
    expect(without.Decision).toBe('Deny');
    expect(JSON.stringify(without.Steps)).toContain('IpAddress aws:SourceIp');
    const within = { ConditionValues: { 'aws:SourceIp': ['203.0.113.7'] } };
    expect(await ask({ KeyPolicy, ...within })).toMatchObject({ Decision: 'Allow' });
    const IdentityPolicy = policyText({ ...everything, Action: 'kms:Sign' });
    expect(await ask({ IdentityPolicy })).toMatchObject({
      Decision: 'Allow',
      Reason: expect.stringContaining('the given policy'),
    });
    await controlPlane.perform('CreateGrant', {
      KeyId: Arn,
      GranteePrincipal: roleArn,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { a: '1' } },
    });
    const decrypt = (EncryptionContext: Record<string, string>) => ask({ Action: 'kms:Decrypt', EncryptionContext });
    expect(await decrypt({ a: '1', b: '2' })).toMatchObject({
      Decision: 'Allow',
      Reason: expect.stringMatching(/^grant /),
    });
    expect(await decrypt({ a: '2' })).toMatchObject({ Decision: 'Deny' });
  });

  test('takes a given value as a real request has it: a list for a key that can have several', async () => {
    const { Arn } = await keyFor();
    const under = async (operator: string, key: string, values: string[]) => {
      const Condition = { [operator]: { [key]: values[0] } };
      const question = { PrincipalArn: app.principal.arn, Action: 'kms:CreateGrant', KeyId: Arn };
      const KeyPolicy = policyText({ ...to({ AWS: app.principal.arn }, 'kms:CreateGrant'), Condition });
      const ConditionValues = { [key]: values };
      return controlPlane.perform('SimulateAuthorization', { ...question, KeyPolicy, ConditionValues });
    };
    expect((await under('StringEquals', 'kms:GranteePrincipal', ['a'])).Decision).toBe('Allow');
    expect((await under('StringEquals', 'kms:GranteePrincipal', ['a', 'b'])).Decision).toBe('Deny');
    expect((await under('ForAllValues:StringEquals', 'kms:GrantOperations', ['Decrypt'])).Decision).toBe('Allow');
    const listed = await under('StringEquals', 'kms:GrantOperations', ['Decrypt']);
    expect(listed.Decision).toBe('Deny');
    expect(JSON.stringify(listed.Steps)).toContain('a list, which needs ForAnyValue or ForAllValues');
  });

  test('shows that NotPrincipal in a Deny does not spare a principal with a permissions boundary', async () => {
    const bounded = await controlPlane.user('bounded');
    const named = [rootArn(accountId, region), bounded.principal.arn];
    const { Arn } = await keyFor(to({ AWS: bounded.principal.arn }, 'kms:Encrypt'), {
      Sid: 'others',
      Effect: 'Deny',
      NotPrincipal: { AWS: named },
      Action: 'kms:Encrypt',
      Resource: '*',
    });
    const ask = () =>
      controlPlane.perform('SimulateAuthorization', {
        PrincipalArn: bounded.principal.arn,
        Action: 'kms:Encrypt',
        KeyId: Arn,
      });
    expect((await ask()).Decision).toBe('Allow');
    await controlPlane.perform('PutUserPermissionsBoundary', {
      UserName: 'bounded',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
    });
    expect(await ask()).toMatchObject({
      Decision: 'Deny',
      Reason: 'key policy statement "others" denies explicitly',
    });
  });

  test('knows services, sessions, root, foreign principals, and actions without a key', async () => {
    const { Arn } = await keyFor(to({ Service: 's3.amazonaws.com' }, 'kms:Decrypt'), {
      ...to({ AWS: '444455556666' }),
      Sid: 'partner',
    });
    const ask = (PrincipalArn: string, Action = 'kms:Decrypt', KeyId: string | undefined = Arn) =>
      controlPlane.perform('SimulateAuthorization', { PrincipalArn, Action, ...defined({ KeyId }) });
    expect((await ask('s3.amazonaws.com')).Decision).toBe('Allow');
    expect((await ask('sqs.amazonaws.com')).Decision).toBe('Deny');
    expect((await ask(builder.principal.arn)).Decision).toBe('Deny');
    expect((await ask(rootArn(accountId, region))).Decision).toBe('Allow');
    expect(await ask('arn:aws:iam::444455556666:user/partner')).toMatchObject({
      Decision: 'Allow',
      Reason: expect.stringContaining('assumed for account 444455556666'),
    });
    const create = { PrincipalArn: app.principal.arn, Action: 'kms:CreateKey' };
    expect((await controlPlane.perform('SimulateAuthorization', create)).Decision).toBe('Deny');
    expect(
      await controlPlane.refusal('SimulateAuthorization', { ...create, PrincipalArn: `${app.principal.arn}2` }),
    ).toMatch(/^NoSuchEntityException/);
  });

  test('lets a service use its grant for the resource that the conditions name, as a request would', async () => {
    const { Arn } = await keyFor();
    await controlPlane.perform('CreateGrant', toDatabase(Arn));
    const onBehalfOf = (arn?: string) =>
      controlPlane.perform('SimulateAuthorization', {
        PrincipalArn: 'dynamodb.amazonaws.com',
        Action: 'kms:Decrypt',
        KeyId: Arn,
        ...(arn !== undefined && { ConditionValues: { 'aws:SourceArn': [arn] } }),
      });
    expect((await onBehalfOf(source)).Decision).toBe('Allow');
    expect((await onBehalfOf(`${source}2`)).Decision).toBe('Deny');
    expect((await onBehalfOf()).Decision).toBe('Deny');
  });

  test('needs its own permission, and reveals nothing about other accounts’ keys', async () => {
    const { Arn } = await keyFor();
    const question = { PrincipalArn: app.principal.arn, Action: 'kms:Encrypt', KeyId: Arn };
    expect(await controlPlane.refusal('SimulateAuthorization', question, { as: app })).toContain(
      'keystead:SimulateAuthorization',
    );
    const foreign = { ...question, PrincipalArn: rootArn('444455556666') };
    expect(await controlPlane.refusal('SimulateAuthorization', foreign, { as: rootOf('444455556666') })).toMatch(
      /^AccessDeniedException: .* on this resource because the resource does not exist/,
    );
  });
});
