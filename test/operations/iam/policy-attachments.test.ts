import { policy, trustPolicy } from '../../support/documents.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  await controlPlane.perform('CreateUser', { UserName: 'user' });
  await controlPlane.perform('CreateGroup', { GroupName: 'group' });
  await controlPlane.perform('CreateRole', {
    RoleName: 'role',
    AssumeRolePolicyDocument: trustPolicy('arn:aws:iam::111122223333:root'),
  });
});
afterAll(() => controlPlane?.close());

const own = 'arn:aws:iam::111122223333:policy/x/own';
const aws = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** The operations of each kind of entity that can have policies. */
const entities = [
  {
    entity: 'user',
    attach: (PolicyArn: string) => controlPlane.perform('AttachUserPolicy', { UserName: 'user', PolicyArn }),
    refused: (PolicyArn: string) => controlPlane.refusal('AttachUserPolicy', { UserName: 'user', PolicyArn }),
    detach: (PolicyArn: string) => controlPlane.perform('DetachUserPolicy', { UserName: 'user', PolicyArn }),
    undetached: (PolicyArn: string) => controlPlane.refusal('DetachUserPolicy', { UserName: 'user', PolicyArn }),
    list: (more: object = {}) => controlPlane.perform('ListAttachedUserPolicies', { UserName: 'user', ...more }),
  },
  {
    entity: 'group',
    attach: (PolicyArn: string) => controlPlane.perform('AttachGroupPolicy', { GroupName: 'group', PolicyArn }),
    refused: (PolicyArn: string) => controlPlane.refusal('AttachGroupPolicy', { GroupName: 'group', PolicyArn }),
    detach: (PolicyArn: string) => controlPlane.perform('DetachGroupPolicy', { GroupName: 'group', PolicyArn }),
    undetached: (PolicyArn: string) => controlPlane.refusal('DetachGroupPolicy', { GroupName: 'group', PolicyArn }),
    list: (more: object = {}) => controlPlane.perform('ListAttachedGroupPolicies', { GroupName: 'group', ...more }),
  },
  {
    entity: 'role',
    attach: (PolicyArn: string) => controlPlane.perform('AttachRolePolicy', { RoleName: 'role', PolicyArn }),
    refused: (PolicyArn: string) => controlPlane.refusal('AttachRolePolicy', { RoleName: 'role', PolicyArn }),
    detach: (PolicyArn: string) => controlPlane.perform('DetachRolePolicy', { RoleName: 'role', PolicyArn }),
    undetached: (PolicyArn: string) => controlPlane.refusal('DetachRolePolicy', { RoleName: 'role', PolicyArn }),
    list: (more: object = {}) => controlPlane.perform('ListAttachedRolePolicies', { RoleName: 'role', ...more }),
  },
];

test.each(entities)('a $entity has policies attached, listed and detached', async (entity) => {
  if (entity.entity === 'user') {
    await controlPlane.perform('CreatePolicy', { PolicyName: 'own', Path: '/x/', PolicyDocument: policy('kms:*') });
  }
  await entity.attach(own);
  await entity.attach(aws);
  await entity.attach(aws);
  expect((await entity.list()).AttachedPolicies).toEqual([
    { PolicyName: 'own', PolicyArn: own },
    { PolicyName: 'AdministratorAccess', PolicyArn: aws },
  ]);
  expect((await entity.list({ PathPrefix: '/x/' })).AttachedPolicies).toHaveLength(1);
  const first = await entity.list({ MaxItems: 1 });
  expect([first.AttachedPolicies?.length, first.IsTruncated]).toEqual([1, true]);
  expect((await entity.list({ MaxItems: 1, Marker: first.Marker })).IsTruncated).toBe(false);
  await entity.detach(aws);
  expect(await entity.undetached(aws)).toBe(`NoSuchEntityException: Policy ${aws} was not found.`);
});

test.each(entities)('a $entity has at most ten attached policies', async (entity) => {
  for (let i = 0; i < 10; i++) {
    if (entity.entity === 'user') {
      await controlPlane.perform('CreatePolicy', { PolicyName: `p${i}`, PolicyDocument: policy('kms:*') });
    }
    if (i < 9) await entity.attach(`arn:aws:iam::111122223333:policy/p${i}`);
  }
  expect(await entity.refused('arn:aws:iam::111122223333:policy/p9')).toMatch(
    /^LimitExceededException: Cannot exceed quota for PoliciesPer(User|Group|Role): 10$/,
  );
  await entity.attach(own);
});
