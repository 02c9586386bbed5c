import { defined } from '@keystead/provider-schema/defined.ts';
import { policy } from '../../support/documents.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const arnOf = (name: string, path = '/') => `arn:aws:iam::111122223333:policy${path}${name}`;
const AWS = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';

describe('managed policies', () => {
  test('are created, found and deleted', async () => {
    const { Policy } = await controlPlane.perform('CreatePolicy', {
      PolicyName: 'keys',
      Path: '/teams/',
      Description: 'keys of teams',
      PolicyDocument: policy('kms:Decrypt'),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const PolicyArn = arnOf('keys', '/teams/');
    expect(Policy).toMatchObject({
      PolicyName: 'keys',
      Arn: PolicyArn,
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      Description: 'keys of teams',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect((await controlPlane.perform('GetPolicy', { PolicyArn })).Policy).toEqual(Policy);
    expect(await controlPlane.refusal('CreatePolicy', { PolicyName: 'KEYS', PolicyDocument: policy('kms:*') })).toBe(
      'EntityAlreadyExistsException: A policy called KEYS already exists. Duplicate names are not allowed.',
    );
    await controlPlane.perform('DeletePolicy', { PolicyArn });
    expect(await controlPlane.refusal('GetPolicy', { PolicyArn })).toBe(
      `NoSuchEntityException: Policy ${PolicyArn} was not found.`,
    );
  });

  test('have up to five versions, one of them the default, and version numbers are not reused', async () => {
    const PolicyArn = arnOf('versions');
    await controlPlane.perform('CreatePolicy', { PolicyName: 'versions', PolicyDocument: policy('kms:Action1') });
    for (const n of [2, 3, 4, 5]) {
      const made = await controlPlane.perform('CreatePolicyVersion', {
        PolicyArn,
        PolicyDocument: policy(`kms:Action${n}`),
      });
      expect(made.PolicyVersion).toMatchObject({ VersionId: `v${n}`, IsDefaultVersion: false });
    }
    expect(await controlPlane.refusal('CreatePolicyVersion', { PolicyArn, PolicyDocument: policy('kms:Six') })).toBe(
      'LimitExceededException: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
    await controlPlane.perform('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' });
    await controlPlane.perform('CreatePolicyVersion', {
      PolicyArn,
      PolicyDocument: policy('kms:Action6'),
      SetAsDefault: true,
    });
    const { Versions = [] } = await controlPlane.perform('ListPolicyVersions', { PolicyArn });
    expect(Versions.map((version) => [version.VersionId, version.IsDefaultVersion])).toEqual([
      ['v6', true],
      ['v4', false],
      ['v3', false],
      ['v2', false],
      ['v1', false],
    ]);
    expect(await controlPlane.refusal('DeletePolicyVersion', { PolicyArn, VersionId: 'v6' })).toBe(
      'DeleteConflictException: Cannot delete the default version of a policy.',
    );
    await controlPlane.perform('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' });
    expect((await controlPlane.perform('GetPolicy', { PolicyArn })).Policy.DefaultVersionId).toBe('v2');
    const read = await controlPlane.perform('GetPolicyVersion', { PolicyArn, VersionId: 'v3' });
    expect(read.PolicyVersion.Document).toBe(policy('kms:Action3'));
    expect(await controlPlane.refusal('GetPolicyVersion', { PolicyArn, VersionId: 'v5' })).toContain(
      'NoSuchEntityException',
    );
    expect(await controlPlane.refusal('DeletePolicy', { PolicyArn })).toContain('more than one version');
  });

  test('are refused with a document that is not valid as an identity policy', async () => {
    const refused = (PolicyDocument: string) =>
      controlPlane.refusal('CreatePolicy', { PolicyName: 'bad', PolicyDocument });
    expect(await refused('{}')).toContain('MalformedPolicyDocumentException');
    const withPrincipal = policy('kms:*').replace('"Effect"', '"Principal":"*","Effect"');
    expect(await refused(withPrincipal)).toContain('MalformedPolicyDocumentException');
    expect(await refused(policy(Array.from({ length: 700 }, (_, i) => `kms:Action${i}`)))).toBe(
      'LimitExceededException: Cannot exceed quota for PolicySize: 6144',
    );
  });

  test('of AWS exist, can be attached, and cannot be changed', async () => {
    const { Policy } = await controlPlane.perform('GetPolicy', { PolicyArn: AWS });
    expect(Policy).toMatchObject({ PolicyName: 'AWSKeyManagementServicePowerUser', DefaultVersionId: 'v2', Arn: AWS });
    const { PolicyVersion } = await controlPlane.perform('GetPolicyVersion', { PolicyArn: AWS, VersionId: 'v2' });
    expect(PolicyVersion.Document).toContain('kms:CreateKey');
    expect((await controlPlane.perform('ListPolicyVersions', { PolicyArn: AWS })).Versions).toHaveLength(1);
    for (const refused of [
      controlPlane.refusal('DeletePolicy', { PolicyArn: AWS }),
      controlPlane.refusal('CreatePolicyVersion', { PolicyArn: AWS, PolicyDocument: policy('kms:*') }),
      controlPlane.refusal('TagPolicy', { PolicyArn: AWS, Tags: [] }),
    ]) {
      expect(await refused).toContain('AccessDeniedException');
    }
  });

  test('must be named by an ARN of a policy', async () => {
    for (const PolicyArn of ['not an ARN, but long enough', 'arn:aws:iam::111122223333:user/bert']) {
      expect(await controlPlane.refusal('GetPolicy', { PolicyArn })).toBe(
        `InvalidInputException: ARN ${PolicyArn} is not valid.`,
      );
    }
  });

  test('of another account do not exist here', async () => {
    const PolicyArn = 'arn:aws:iam::444455556666:policy/theirs';
    expect(await controlPlane.refusal('GetPolicy', { PolicyArn })).toContain('NoSuchEntityException');
    await controlPlane.perform('CreateUser', { UserName: 'bert' });
    expect(await controlPlane.refusal('AttachUserPolicy', { UserName: 'bert', PolicyArn })).toBe(
      `NoSuchEntityException: Policy ${PolicyArn} does not exist or is not attachable.`,
    );
  });

  test('are listed by scope, path and use, the account’s own first, page by page', async () => {
    for (const PolicyName of ['l2', 'l1']) {
      await controlPlane.perform('CreatePolicy', { PolicyName, Path: '/listed/', PolicyDocument: policy('kms:*') });
    }
    const namesOf = (answer: { Policies?: readonly { PolicyName?: string | undefined }[] | undefined }) =>
      (answer.Policies ?? []).map((each) => each.PolicyName);
    expect(namesOf(await controlPlane.perform('ListPolicies', { PathPrefix: '/listed/' }))).toEqual(['l1', 'l2']);
    const aws = namesOf(await controlPlane.perform('ListPolicies', { Scope: 'AWS' }));
    expect(aws).toContain('IAMFullAccess');
    const own = namesOf(await controlPlane.perform('ListPolicies', { Scope: 'Local' }));
    const all: (string | undefined)[] = [];
    for (let Marker: string | undefined, more = true; more; ) {
      const page = await controlPlane.perform('ListPolicies', { MaxItems: 1, ...defined({ Marker }) });
      all.push(...namesOf(page));
      Marker = page.Marker;
      more = page.IsTruncated ?? false;
    }
    expect(all).toEqual([...own, ...aws]);
    await controlPlane.perform('CreateUser', { UserName: 'user-of-l1', PermissionsBoundary: arnOf('l2', '/listed/') });
    await controlPlane.perform('AttachUserPolicy', { UserName: 'user-of-l1', PolicyArn: arnOf('l1', '/listed/') });
    expect(namesOf(await controlPlane.perform('ListPolicies', { OnlyAttached: true }))).toEqual(['l1']);
    expect(namesOf(await controlPlane.perform('ListPolicies', { PolicyUsageFilter: 'PermissionsBoundary' }))).toEqual([
      'l2',
    ]);
    for (const name of ['l1', 'l2']) {
      expect(await controlPlane.refusal('DeletePolicy', { PolicyArn: arnOf(name, '/listed/') })).toBe(
        'DeleteConflictException: Cannot delete a policy attached to entities.',
      );
    }
  });

  test('list their users, groups and roles, by kind, path and use, page by page', async () => {
    const PolicyArn = arnOf('used');
    await controlPlane.perform('CreatePolicy', { PolicyName: 'used', PolicyDocument: policy('kms:*') });
    await controlPlane.perform('CreateUser', { UserName: 'u', Path: '/x/' });
    await controlPlane.perform('CreateUser', { UserName: 'b', PermissionsBoundary: PolicyArn });
    await controlPlane.perform('CreateGroup', { GroupName: 'g' });
    await controlPlane.perform('AttachUserPolicy', { UserName: 'u', PolicyArn });
    await controlPlane.perform('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    const namesOf = async (more: object) => {
      const {
        PolicyUsers = [],
        PolicyGroups = [],
        PolicyRoles = [],
      } = await controlPlane.perform('ListEntitiesForPolicy', {
        PolicyArn,
        ...more,
      });
      return [
        ...PolicyUsers.map((each) => each.UserName),
        ...PolicyGroups.map((each) => each.GroupName),
        ...PolicyRoles,
      ];
    };
    expect((await namesOf({})).sort()).toEqual(['b', 'g', 'u']);
    expect(await namesOf({ EntityFilter: 'Group' })).toEqual(['g']);
    expect(await namesOf({ PathPrefix: '/x/' })).toEqual(['u']);
    expect(await namesOf({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['b']);
    expect((await namesOf({ PolicyUsageFilter: 'PermissionsPolicy' })).sort()).toEqual(['g', 'u']);
    const first = await controlPlane.perform('ListEntitiesForPolicy', { PolicyArn, MaxItems: 2 });
    expect(first.IsTruncated).toBe(true);
    const rest = await controlPlane.perform('ListEntitiesForPolicy', { PolicyArn, MaxItems: 2, Marker: first.Marker });
    expect(rest.IsTruncated).toBe(false);
  });

  test('are tagged and untagged', async () => {
    const PolicyArn = arnOf('tagged');
    await controlPlane.perform('CreatePolicy', { PolicyName: 'tagged', PolicyDocument: policy('kms:*') });
    await controlPlane.perform('TagPolicy', { PolicyArn, Tags: [{ Key: 'a', Value: '1' }] });
    expect((await controlPlane.perform('ListPolicyTags', { PolicyArn })).Tags).toEqual([{ Key: 'a', Value: '1' }]);
    await controlPlane.perform('UntagPolicy', { PolicyArn, TagKeys: ['a'] });
    expect((await controlPlane.perform('ListPolicyTags', { PolicyArn })).Tags).toEqual([]);
  });
});
