/** CompareKeyPolicies: who gained or lost which action by the present policy of a key, compared with another one. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { allowed } from '../../support/callers.ts';
import { openPermissionCases, type PermissionCases, to, toAccount } from '../../support/permission-cases.ts';
import { policyText, type Statement } from '../../support/policies.ts';
import { accountId, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let keyFor: PermissionCases['keyFor'];
let app: Caller;
let builder: Caller;
beforeAll(async () => {
  ({ controlPlane, keyFor, app, builder } = await openPermissionCases());
});
afterAll(() => controlPlane?.close());

const declared = policyText(toAccount);

interface Change {
  readonly PrincipalArn: string;
  readonly Gained: readonly string[];
  readonly Lost: readonly string[];
  readonly MayGain: readonly string[];
  readonly MayLose: readonly string[];
}

async function compared(KeyId: string, Policy = declared): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await controlPlane.perform('CompareKeyPolicies', { KeyId, Policy, ...(Marker && { Marker }) });
    expect(page.Unknown).toEqual([]);
    changes.push(...page.Changes);
    if (page.NextMarker === undefined) return changes;
    Marker = page.NextMarker;
  }
}

const roleArn = () => (builder.principal as { roleArn: string }).roleArn;

test('tells nothing of a policy that lets everybody do the same', async () => {
  const { Arn } = await keyFor();
  expect(await compared(Arn)).toEqual([]);
});

test('names the principal that the present policy allows more, and the actions', async () => {
  const { Arn } = await keyFor(to({ AWS: app.principal.arn }, ['kms:Decrypt', 'kms:PutKeyPolicy']));
  expect(await compared(Arn)).toEqual([
    {
      PrincipalArn: app.principal.arn,
      Gained: ['kms:Decrypt', 'kms:PutKeyPolicy'],
      Lost: [],
      MayGain: [],
      MayLose: [],
    },
  ]);
});

test('names who lost an action, also a role that no policy names', async () => {
  const everyone = policyText(toAccount, to({ AWS: '*' }, 'kms:Encrypt'));
  const { Arn } = await keyFor();
  const changes = await compared(Arn, everyone);
  const arns = changes.map(({ PrincipalArn }) => PrincipalArn);
  expect(arns).toEqual(expect.arrayContaining([app.principal.arn, roleArn(), 'arn:aws:iam::000000000000:user/anyone']));
  expect(arns).not.toContain(rootArn(accountId, region));
  for (const { Lost, Gained } of changes) expect([Lost, Gained]).toEqual([['kms:Encrypt'], []]);
});

test('an action that a statement of other words allows is not gained', async () => {
  const { Arn } = await keyFor(to({ AWS: app.principal.arn }, 'kms:Encry*'));
  expect(await compared(Arn, policyText(toAccount, to({ AWS: [app.principal.arn] }, ['kms:Encrypt'])))).toEqual([]);
});

test('what a condition may let through is told apart from what is allowed in any case', async () => {
  const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
  const conditional: Statement = { ...to({ AWS: app.principal.arn }, 'kms:Decrypt'), Condition };
  const { Arn } = await keyFor(conditional);
  expect(await compared(Arn)).toEqual([
    { PrincipalArn: app.principal.arn, Gained: [], Lost: [], MayGain: ['kms:Decrypt'], MayLose: [] },
  ]);
});

test('a Deny that is gone gives access', async () => {
  const deny: Statement = { ...to({ AWS: roleArn() }, 'kms:Sign'), Sid: 'no', Effect: 'Deny' };
  const allow = to({ AWS: roleArn() }, 'kms:Sign');
  const { Arn } = await keyFor(allow);
  expect(await compared(Arn, policyText(toAccount, allow, deny))).toMatchObject([
    { PrincipalArn: roleArn(), Gained: ['kms:Sign'] },
  ]);
});

test('services and principals of other accounts that a policy names are compared too', async () => {
  const stranger = 'arn:aws:iam::444455556666:root';
  const { Arn } = await keyFor(to({ AWS: stranger }, 'kms:Decrypt'));
  expect(await compared(Arn)).toMatchObject([{ PrincipalArn: stranger, Gained: ['kms:Decrypt'] }]);
});

test('needs a permission of its own, and refuses a document that is not a key policy', async () => {
  const { Arn } = await keyFor();
  const input = { KeyId: Arn, Policy: declared };
  expect(await controlPlane.refusal('CompareKeyPolicies', input, { as: app })).toContain('keystead:CompareKeyPolicies');
  const reader = allowed(app, { Effect: 'Allow', Action: 'keystead:CompareKeyPolicies', Resource: '*' });
  expect(await controlPlane.perform('CompareKeyPolicies', input, { as: reader })).toMatchObject({ Changes: [] });
  expect(await controlPlane.refusal('CompareKeyPolicies', { ...input, Policy: '{}' })).toMatch(
    /^MalformedPolicyDocumentException/,
  );
  expect(await controlPlane.refusal('CompareKeyPolicies', { ...input, Marker: 'x' })).toContain('Marker');
});
