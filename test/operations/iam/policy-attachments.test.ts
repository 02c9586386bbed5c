import { policy, trustPolicy } from '../../support/documents.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await house.perform('CreateUser', { UserName: 'user' });
  await house.perform('CreateGroup', { GroupName: 'group' });
  await house.perform('CreateRole', {
    RoleName: 'role',
    AssumeRolePolicyDocument: trustPolicy('arn:aws:iam::111122223333:root'),
  });
});
afterAll(() => house?.close());

const own = 'arn:aws:iam::111122223333:policy/x/own';
const aws = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** The same for each that can have policies. */
const entities = [
  {
    entity: 'user',
    attach: (PolicyArn: string) => house.perform('AttachUserPolicy', { UserName: 'user', PolicyArn }),
    refused: (PolicyArn: string) => house.refusal('AttachUserPolicy', { UserName: 'user', PolicyArn }),
    detach: (PolicyArn: string) => house.perform('DetachUserPolicy', { UserName: 'user', PolicyArn }),
    undetached: (PolicyArn: string) => house.refusal('DetachUserPolicy', { UserName: 'user', PolicyArn }),
    list: (more: object = {}) => house.perform('ListAttachedUserPolicies', { UserName: 'user', ...more }),
  },
  {
    entity: 'group',
    attach: (PolicyArn: string) => house.perform('AttachGroupPolicy', { GroupName: 'group', PolicyArn }),
    refused: (PolicyArn: string) => house.refusal('AttachGroupPolicy', { GroupName: 'group', PolicyArn }),
    detach: (PolicyArn: string) => house.perform('DetachGroupPolicy', { GroupName: 'group', PolicyArn }),
    undetached: (PolicyArn: string) => house.refusal('DetachGroupPolicy', { GroupName: 'group', PolicyArn }),
    list: (more: object = {}) => house.perform('ListAttachedGroupPolicies', { GroupName: 'group', ...more }),
  },
  {
    entity: 'role',
    attach: (PolicyArn: string) => house.perform('AttachRolePolicy', { RoleName: 'role', PolicyArn }),
    refused: (PolicyArn: string) => house.refusal('AttachRolePolicy', { RoleName: 'role', PolicyArn }),
    detach: (PolicyArn: string) => house.perform('DetachRolePolicy', { RoleName: 'role', PolicyArn }),
    undetached: (PolicyArn: string) => house.refusal('DetachRolePolicy', { RoleName: 'role', PolicyArn }),
    list: (more: object = {}) => house.perform('ListAttachedRolePolicies', { RoleName: 'role', ...more }),
  },
];

test.each(entities)('a $entity has policies attached, listed and detached', async (entity) => {
  if (entity.entity === 'user') {
    await house.perform('CreatePolicy', { PolicyName: 'own', Path: '/x/', PolicyDocument: policy('kms:*') });
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

test.each(entities)('a $entity has ten policies attached at most', async (entity) => {
  for (let i = 0; i < 10; i++) {
    if (entity.entity === 'user') {
      await house.perform('CreatePolicy', { PolicyName: `p${i}`, PolicyDocument: policy('kms:*') });
    }
    if (i < 9) await entity.attach(`arn:aws:iam::111122223333:policy/p${i}`);
  }
  expect(await entity.refused('arn:aws:iam::111122223333:policy/p9')).toMatch(
    /^LimitExceededException: Cannot exceed quota for PoliciesPer(User|Group|Role): 10$/,
  );
  await entity.attach(own);
});
