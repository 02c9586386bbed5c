/** Service-linked roles: made and deleted for a service, and not to be changed; policies name them before they exist. */
import { serviceLinkedRole } from '@keystead/control-plane/domain/identities/service-linked-roles.ts';
import { aKey } from '../../support/a-key.ts';
import { allowed } from '../../support/callers.ts';
import { policy, trustPolicy } from '../../support/documents.ts';
import { toAccount } from '../../support/permission-cases.ts';
import { policyText } from '../../support/policies.ts';
import { addRoot, openTestControlPlane, rootOf, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const arnOf = (resource: string) => `arn:aws:iam::111122223333:${resource}`;
const AWSServiceName = 'autoscaling.amazonaws.com';
const RoleName = 'AWSServiceRoleForAutoScaling';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

describe('a service-linked role', () => {
  test('is created with the name, path and trust policy of its service, once', async () => {
    const { Role } = await controlPlane.perform('CreateServiceLinkedRole', { AWSServiceName, Description: 'scales' });
    expect(Role).toMatchObject({
      RoleName,
      Path: `/aws-service-role/${AWSServiceName}/`,
      Arn: arnOf(`role/aws-service-role/${AWSServiceName}/${RoleName}`),
      RoleId: expect.stringMatching(/^AROA/),
      Description: 'scales',
      MaxSessionDuration: 3600,
    });
    expect(JSON.parse(Role?.AssumeRolePolicyDocument ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: AWSServiceName }, Action: 'sts:AssumeRole' }],
    });
    expect(await controlPlane.refusal('CreateServiceLinkedRole', { AWSServiceName })).toBe(
      `InvalidInputException: Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    );
    const second = await controlPlane.perform('CreateServiceLinkedRole', { AWSServiceName, CustomSuffix: 'orders' });
    expect(second.Role?.RoleName).toBe(`${RoleName}_orders`);
    const [event] = await controlPlane.events('CreateServiceLinkedRole');
    expect(event?.requestParameters).toMatchObject({ aWSServiceName: AWSServiceName, customSuffix: 'orders' });
  });

  test('changes only in its description and tags', async () => {
    await controlPlane.perform('UpdateRoleDescription', { RoleName, Description: 'new' });
    await controlPlane.perform('UpdateRole', { RoleName, Description: 'newer' });
    await controlPlane.perform('TagRole', { RoleName, Tags: [{ Key: 'a', Value: 'b' }] });
    const { Role } = await controlPlane.perform('GetRole', { RoleName });
    expect(Role).toMatchObject({ Description: 'newer', Tags: [{ Key: 'a', Value: 'b' }] });
    const PolicyDocument = policy('kms:*');
    const changes = [
      controlPlane.refusal('UpdateRole', { RoleName, MaxSessionDuration: 7200 }),
      controlPlane.refusal('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trustPolicy(arnOf('root')) }),
      controlPlane.refusal('AttachRolePolicy', { RoleName, PolicyArn: ADMIN }),
      controlPlane.refusal('DetachRolePolicy', { RoleName, PolicyArn: ADMIN }),
      controlPlane.refusal('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument }),
      controlPlane.refusal('DeleteRolePolicy', { RoleName, PolicyName: 'p' }),
      controlPlane.refusal('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: ADMIN }),
      controlPlane.refusal('DeleteRolePermissionsBoundary', { RoleName }),
      controlPlane.refusal('DeleteRole', { RoleName }),
    ];
    for (const refused of await Promise.all(changes)) {
      expect(refused).toBe(
        `UnmodifiableEntityException: Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
      );
    }
    expect((await controlPlane.perform('GetRole', { RoleName })).Role).toEqual(Role);
  });

  test('is deleted by a task that its account can ask about', async () => {
    const { DeletionTaskId } = await controlPlane.perform('DeleteServiceLinkedRole', { RoleName });
    expect(DeletionTaskId).toMatch(new RegExp(`^task/aws-service-role/${AWSServiceName}/${RoleName}/[^/]+$`));
    expect(await controlPlane.perform('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId })).toEqual({
      Status: 'SUCCEEDED',
    });
    await controlPlane.perform('CreateServiceLinkedRole', { AWSServiceName });
    expect((await controlPlane.perform('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId })).Status).toBe(
      'SUCCEEDED',
    );
    await addRoot(controlPlane.store, '444455556666', controlPlane.clock.now());
    const other = { as: rootOf('444455556666') };
    for (const [id, options] of [
      [DeletionTaskId, other],
      [`${DeletionTaskId}x`, {}],
      [DeletionTaskId.replace(/[^/]+$/, 'made-up'), {}],
      ['task', {}],
    ] as const) {
      expect(
        await controlPlane.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId: id }, options),
      ).toContain('NoSuchEntityException');
    }
    expect(await controlPlane.refusal('DeleteServiceLinkedRole', { RoleName: 'absent' })).toContain('NoSuchEntity');
  });

  test('is not deleted as another role, nor another role as one', async () => {
    await controlPlane.perform('CreateRole', { RoleName: 'own', AssumeRolePolicyDocument: trustPolicy(arnOf('root')) });
    expect(await controlPlane.refusal('DeleteServiceLinkedRole', { RoleName: 'own' })).toContain(
      'InvalidInputException',
    );
    const taken = {
      RoleName: 'pretender',
      Path: `/aws-service-role/${AWSServiceName}/`,
      AssumeRolePolicyDocument: trustPolicy(arnOf('root')),
    };
    expect(await controlPlane.refusal('CreateRole', taken)).toContain('InvalidInputException');
  });

  test.each(['autoscaling', 'Autoscaling.amazonaws.com', '.amazonaws.com', 'autoscaling.example.com'])(
    'is not created for %s, which is not a service',
    async (name) => {
      expect(await controlPlane.refusal('CreateServiceLinkedRole', { AWSServiceName: name })).toBe(
        `InvalidInputException: Service ${name} is not valid.`,
      );
    },
  );

  test.each([
    ['model-registry.example.amazonaws.com', undefined, 'AWSServiceRoleForModelRegistryExample'],
    ['mrk.kms.amazonaws.com', undefined, 'AWSServiceRoleForKeyManagementServiceMultiRegionKeys'],
    ['constructor.amazonaws.com', 'x', 'AWSServiceRoleForConstructor_x'],
  ])('of %s with the suffix %s is %s', (service, suffix, name) => {
    expect(serviceLinkedRole(service, suffix).name).toBe(name);
  });
});

describe('permission', () => {
  test('is asked for the role that the service and the suffix mean, also for its deletion task', async () => {
    const app = await controlPlane.user('linker');
    const resource = arnOf(`role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`);
    const as = allowed(app, { Effect: 'Allow', Action: 'iam:*ServiceLinkedRole*', Resource: resource });
    await controlPlane.perform('CreateServiceLinkedRole', { AWSServiceName: 'rds.amazonaws.com' }, { as });
    expect(
      await controlPlane.refusal('CreateServiceLinkedRole', { AWSServiceName: 'es.amazonaws.com' }, { as }),
    ).toContain('AccessDeniedException');
    const deleted = { RoleName: 'AWSServiceRoleForRDS' };
    const { DeletionTaskId } = await controlPlane.perform('DeleteServiceLinkedRole', deleted, { as });
    await controlPlane.perform('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId }, { as });
    expect(await controlPlane.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId }, { as: app })).toContain(
      resource,
    );
  });
});

describe('a policy that names a service-linked role', () => {
  const arn = arnOf('role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot');
  const statement = (principal: string) => ({
    Sid: 'service',
    Effect: 'Allow' as const,
    Principal: { AWS: principal },
    Action: 'kms:Decrypt',
    Resource: '*',
  });

  test('is accepted before the role exists, and shown as it was put', async () => {
    const Policy = policyText(toAccount, statement(arn));
    const { KeyId } = await aKey(controlPlane, { Policy });
    expect((await controlPlane.perform('GetKeyPolicy', { KeyId })).Policy).toBe(Policy);
    const { GrantId } = await controlPlane.perform('CreateGrant', {
      KeyId,
      GranteePrincipal: arn,
      Operations: ['Decrypt'],
    });
    expect((await controlPlane.perform('ListGrants', { KeyId })).Grants).toMatchObject([
      { GrantId, GranteePrincipal: arn },
    ]);
  });

  test('is refused for another role or user that does not exist', async () => {
    for (const absent of [
      arnOf('role/AWSServiceRoleForEC2Spot'),
      arnOf('role/x/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot'),
      arnOf('user/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot'),
    ]) {
      const input = { Policy: policyText(toAccount, statement(absent)) };
      expect(await controlPlane.refusal('CreateKey', input)).toContain('MalformedPolicyDocumentException');
    }
  });
});
