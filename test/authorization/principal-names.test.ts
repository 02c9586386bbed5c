/** Policies and grants name principals by ARN, and stay with the principal that had the ARN when they were written. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { sessionOf } from '../support/callers.ts';
import { openPermissionCases, outcome, type PermissionCases, to, toAccount } from '../support/permission-cases.ts';
import { policyText } from '../support/policies.ts';
import { accountId, addRoot, rootOf, type TestControlPlane } from '../support/test-control-plane.ts';

const Plaintext = Buffer.from('secret');

let controlPlane: TestControlPlane;
let app: Caller;
let builder: Caller;
let keyFor: PermissionCases['keyFor'];
beforeAll(async () => {
  ({ controlPlane, app, builder, keyFor } = await openPermissionCases());
});
afterAll(() => controlPlane?.close());

describe('a name in a policy or grant stands for the principal that had it then', () => {
  const remade = async (userName: string) => {
    await controlPlane.perform('DeleteUser', { UserName: userName });
    return controlPlane.user(userName);
  };

  test('another user with the name gets nothing; GetKeyPolicy shows the unique id of the first', async () => {
    const first = await controlPlane.user('carol');
    const { Arn } = await keyFor(to({ AWS: [first.principal.arn, app.principal.arn] }, 'kms:Encrypt'));
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: first }))).toBe('allowed');
    const second = await remade('carol');
    expect(second.principal.arn).toBe(first.principal.arn);
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe(
      'AccessDeniedException',
    );
    const { Policy = '' } = await controlPlane.perform('GetKeyPolicy', { KeyId: Arn });
    expect(JSON.parse(Policy).Statement[1].Principal).toEqual({
      AWS: [first.principal.principalId, app.principal.arn],
    });
    await controlPlane.perform('PutKeyPolicy', {
      KeyId: Arn,
      Policy: policyText(toAccount, to({ AWS: second.principal.arn })),
    });
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe('allowed');
  });

  test('a Deny stays with the first too', async () => {
    const first = await controlPlane.user('dave');
    const { Arn } = await keyFor(to('*', 'kms:Encrypt'), {
      ...to({ AWS: first.principal.arn }),
      Sid: 'no',
      Effect: 'Deny',
    });
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: first }))).toBe(
      'AccessDeniedException',
    );
    const second = await remade('dave');
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe('allowed');
  });

  test('another role with the name, and its sessions, get nothing from role or session ARNs', async () => {
    const first = await sessionOf(controlPlane, 'painter');
    const { roleArn } = first.principal as { roleArn: string };
    const byRole = await keyFor(to({ AWS: roleArn }, 'kms:Encrypt'));
    const bySession = await keyFor(to({ AWS: first.principal.arn }, 'kms:Encrypt'));
    const uses = (Arn: string, as: Caller) =>
      outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as }));
    expect([await uses(byRole.Arn, first), await uses(bySession.Arn, first)]).toEqual(['allowed', 'allowed']);
    await controlPlane.perform('DeleteRole', { RoleName: 'painter' });
    const second = await sessionOf(controlPlane, 'painter');
    expect(second.principal.arn).toBe(first.principal.arn);
    expect(await uses(byRole.Arn, second)).toBe('AccessDeniedException');
    expect(await uses(bySession.Arn, second)).toBe('AccessDeniedException');
  });

  test('a grant stays with the first, as grantee and as retiring principal', async () => {
    const first = await controlPlane.user('erin');
    const { Arn } = await keyFor();
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      KeyId: Arn,
      GranteePrincipal: first.principal.arn,
      RetiringPrincipal: first.principal.arn,
      Operations: ['Encrypt'],
    });
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: first }))).toBe('allowed');
    const second = await remade('erin');
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe(
      'AccessDeniedException',
    );
    expect(await outcome(controlPlane.perform('RetireGrant', { KeyId: Arn, GrantId }, { as: second }))).toBe(
      'AccessDeniedException',
    );
    const { principalId } = first.principal;
    const { Grants } = await controlPlane.perform('ListGrants', { KeyId: Arn });
    expect(Grants).toMatchObject([{ GranteePrincipal: principalId, RetiringPrincipal: principalId }]);
    const retirable = await controlPlane.perform('ListRetirableGrants', { RetiringPrincipal: second.principal.arn });
    expect(retirable.Grants).toEqual([]);
    const named = {
      KeyId: Arn,
      GranteePrincipal: second.principal.arn,
      Operations: ['Encrypt' as const],
      Name: 'again',
    };
    const again = await controlPlane.perform('CreateGrant', named);
    expect(again.GrantId).not.toBe(GrantId);
    expect(await outcome(controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: second }))).toBe('allowed');
  });

  test('users and roles of the own account must exist; whether those of other accounts do is not told', async () => {
    const other = '777788889999';
    await addRoot(controlPlane.store, other, controlPlane.clock.now());
    await controlPlane.perform('CreateUser', { UserName: 'somebody' }, { as: rootOf(other) });
    const put = (AWS: string) => outcome(keyFor(to({ AWS })));
    expect(await put(`arn:aws:iam::${accountId}:user/nobody`)).toBe('MalformedPolicyDocumentException');
    expect(await put(`arn:aws:iam::${accountId}:role/nobody`)).toBe('MalformedPolicyDocumentException');
    expect(await put(`arn:aws:sts::${accountId}:assumed-role/nobody/x`)).toBe('MalformedPolicyDocumentException');
    for (const name of ['user/somebody', 'user/nobody', 'role/nobody']) {
      const AWS = `arn:aws:iam::${other}:${name}`;
      expect([name, await put(AWS)]).toEqual([name, 'allowed']);
      const { KeyId, Arn } = await keyFor();
      const Policy = policyText(toAccount, to({ AWS }));
      await controlPlane.perform('PutKeyPolicy', { KeyId, Policy });
      const grant = { KeyId, GranteePrincipal: AWS, RetiringPrincipal: AWS, Operations: ['Encrypt' as const] };
      await controlPlane.perform('CreateGrant', grant);
      const AssumeRolePolicyDocument = policyText({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
      const RoleName = name.replace('/', '-');
      await controlPlane.perform('CreateRole', { RoleName, AssumeRolePolicyDocument });
      await controlPlane.perform('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: AssumeRolePolicyDocument });
      // Also after one of them is deleted, they are shown alike.
      if (name === 'user/somebody') {
        await controlPlane.perform('DeleteUser', { UserName: 'somebody' }, { as: rootOf(other) });
      }
      expect((await controlPlane.perform('GetKeyPolicy', { KeyId: Arn })).Policy).toBe(Policy);
      const { Grants } = await controlPlane.perform('ListGrants', { KeyId });
      expect(Grants).toMatchObject([{ GranteePrincipal: AWS, RetiringPrincipal: AWS }]);
    }
    expect(await put('arn:aws:iam::444455556666:user/anybody')).toBe('allowed');
    expect(await put(builder.principal.arn)).toBe('allowed');
  });
});
