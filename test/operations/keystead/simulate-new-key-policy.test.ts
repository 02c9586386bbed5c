/** SimulateNewKeyPolicy: who could do what with a key that does not exist yet. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { allowed } from '../../support/callers.ts';
import { openPermissionCases, to, toAccount } from '../../support/permission-cases.ts';
import { policyText, type Statement } from '../../support/policies.ts';
import { accountId, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let app: Caller;
beforeAll(async () => {
  ({ controlPlane, app } = await openPermissionCases());
});
afterAll(() => controlPlane?.close());

async function simulated(...statements: readonly Statement[]) {
  const changes = [];
  for (let Marker: string | undefined; ; ) {
    const Policy = policyText(...statements);
    const page = await controlPlane.perform('SimulateNewKeyPolicy', { Policy, ...(Marker && { Marker }) });
    expect(page.Unknown).toEqual([]);
    changes.push(...page.Changes);
    if (page.NextMarker === undefined) return changes;
    Marker = page.NextMarker;
  }
}

test('the root user of the account that the policy names can do everything', async () => {
  const [root, ...others] = await simulated(toAccount);
  expect(root).toMatchObject({ PrincipalArn: rootArn(accountId, region), Lost: [] });
  expect(root?.Gained).toEqual(
    expect.arrayContaining(['kms:Decrypt', 'kms:ScheduleKeyDeletion', 'keystead:ProtectKey']),
  );
  expect(others).toEqual([]);
});

test('who is named can do what is listed, under conditions perhaps', async () => {
  const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
  const conditional = { ...to({ AWS: app.principal.arn }, 'kms:Sign'), Sid: 'c', Condition };
  expect(await simulated(to({ AWS: app.principal.arn }, 'kms:Decrypt'), conditional)).toEqual([
    { PrincipalArn: app.principal.arn, Gained: ['kms:Decrypt'], Lost: [], MayGain: ['kms:Sign'], MayLose: [] },
  ]);
});

test('needs a permission of its own, and refuses a document that is not a key policy', async () => {
  const Policy = policyText(toAccount);
  expect(await controlPlane.refusal('SimulateNewKeyPolicy', { Policy }, { as: app })).toContain(
    'keystead:SimulateNewKeyPolicy',
  );
  const reader = allowed(app, { Effect: 'Allow', Action: 'keystead:SimulateNewKeyPolicy', Resource: '*' });
  const page = await controlPlane.perform('SimulateNewKeyPolicy', { Policy }, { as: reader });
  expect(page.Changes).toHaveLength(1);
  expect(await controlPlane.refusal('SimulateNewKeyPolicy', { Policy: '{}' })).toMatch(
    /^MalformedPolicyDocumentException/,
  );
});
