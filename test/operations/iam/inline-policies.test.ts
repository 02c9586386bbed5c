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

const user = { UserName: 'user' };
const group = { GroupName: 'group' };
const role = { RoleName: 'role' };

/** The operations of each kind of entity that can have policies. */
const entities = [
  {
    entity: 'user',
    maxChars: 2048,
    put: (of: Put) => controlPlane.perform('PutUserPolicy', { ...user, ...of }),
    refused: (of: Put) => controlPlane.refusal('PutUserPolicy', { ...user, ...of }),
    get: async (PolicyName: string) =>
      (await controlPlane.perform('GetUserPolicy', { ...user, PolicyName })).PolicyDocument,
    absent: (PolicyName: string) => controlPlane.refusal('GetUserPolicy', { ...user, PolicyName }),
    remove: (PolicyName: string) => controlPlane.perform('DeleteUserPolicy', { ...user, PolicyName }),
    list: (more: object = {}) => controlPlane.perform('ListUserPolicies', { ...user, ...more }),
  },
  {
    entity: 'group',
    maxChars: 5120,
    put: (of: Put) => controlPlane.perform('PutGroupPolicy', { ...group, ...of }),
    refused: (of: Put) => controlPlane.refusal('PutGroupPolicy', { ...group, ...of }),
    get: async (PolicyName: string) =>
      (await controlPlane.perform('GetGroupPolicy', { ...group, PolicyName })).PolicyDocument,
    absent: (PolicyName: string) => controlPlane.refusal('GetGroupPolicy', { ...group, PolicyName }),
    remove: (PolicyName: string) => controlPlane.perform('DeleteGroupPolicy', { ...group, PolicyName }),
    list: (more: object = {}) => controlPlane.perform('ListGroupPolicies', { ...group, ...more }),
  },
  {
    entity: 'role',
    maxChars: 10_240,
    put: (of: Put) => controlPlane.perform('PutRolePolicy', { ...role, ...of }),
    refused: (of: Put) => controlPlane.refusal('PutRolePolicy', { ...role, ...of }),
    get: async (PolicyName: string) =>
      (await controlPlane.perform('GetRolePolicy', { ...role, PolicyName })).PolicyDocument,
    absent: (PolicyName: string) => controlPlane.refusal('GetRolePolicy', { ...role, PolicyName }),
    remove: (PolicyName: string) => controlPlane.perform('DeleteRolePolicy', { ...role, PolicyName }),
    list: (more: object = {}) => controlPlane.perform('ListRolePolicies', { ...role, ...more }),
  },
];
interface Put {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

test.each(entities)('a $entity has inline policies written, replaced, read, listed and deleted', async (one) => {
  await one.put({ PolicyName: 'b', PolicyDocument: policy('kms:Encrypt') });
  await one.put({ PolicyName: 'b', PolicyDocument: policy('kms:Decrypt') });
  await one.put({ PolicyName: 'a', PolicyDocument: policy('kms:*') });
  expect(await one.get('b')).toBe(policy('kms:Decrypt'));
  expect((await one.list()).PolicyNames).toEqual(['a', 'b']);
  expect(await one.list({ MaxItems: 1 })).toMatchObject({ PolicyNames: ['a'], IsTruncated: true });
  await one.remove('b');
  expect(await one.absent('b')).toBe(`NoSuchEntityException: The ${one.entity} policy with name b cannot be found.`);
  await one.remove('a');
});

test.each(entities)(
  'a $entity has inline policies of $maxChars characters in all, white space not counted',
  async (one) => {
    const sized = (chars: number) => {
      const empty = policy(['kms:', 'kms:a']);
      return empty.replace('kms:"', `kms:${'x'.repeat(chars - empty.length)}"`);
    };
    await one.put({ PolicyName: 'half', PolicyDocument: sized(one.maxChars / 2) });
    await one.put({ PolicyName: 'other', PolicyDocument: sized(one.maxChars / 2).replace('{', `{${' '.repeat(500)}`) });
    expect(await one.refused({ PolicyName: 'other', PolicyDocument: sized(one.maxChars / 2 + 1) })).toBe(
      `LimitExceededException: Maximum policy size of ${one.maxChars} bytes exceeded for ${one.entity} ${one.entity}`,
    );
    await one.remove('half');
    await one.remove('other');
  },
);

test.each(entities)('a $entity cannot have an invalid inline policy', async (one) => {
  for (const PolicyDocument of ['{', trustPolicy('*'), policy('decrypt')]) {
    expect(await one.refused({ PolicyName: 'bad', PolicyDocument })).toContain('MalformedPolicyDocumentException');
  }
});
