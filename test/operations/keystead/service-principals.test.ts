import { openTestControlPlane, region, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const ServiceName = 'dynamodb.amazonaws.com';

describe('service principals', () => {
  test('are created, listed and deleted, with access keys of their own', async () => {
    const { ServicePrincipal } = await controlPlane.perform('CreateServicePrincipal', { ServiceName });
    expect(ServicePrincipal).toMatchObject({ ServiceName, ServicePrincipalId: expect.stringMatching(/^AIPA/) });
    expect(await controlPlane.refusal('CreateServicePrincipal', { ServiceName })).toContain(
      'EntityAlreadyExistsException',
    );
    expect((await controlPlane.perform('ListServicePrincipals', {})).ServicePrincipals).toEqual([ServicePrincipal]);
    const { AccessKey } = await controlPlane.perform('CreateServiceAccessKey', { ServiceName });
    const { AccessKeyId } = AccessKey;
    expect((await controlPlane.store.findAccessKey(AccessKeyId))?.principal).toMatchObject({
      kind: 'aws-service',
      name: ServiceName,
    });
    const { AccessKeyMetadata } = await controlPlane.perform('ListServiceAccessKeys', { ServiceName });
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId, Status: 'Active' }]);
    const usage = { access_key_id: AccessKeyId, used_at_ms: controlPlane.clock.now(), service: 'kms', region };
    const used = { op: 'insert', table: 'access_key_usage', row: usage } as const;
    await controlPlane.store.write({ mutations: [used], changes: [], audit: [] });
    await controlPlane.perform('DeleteServiceAccessKey', { ServiceName, AccessKeyId });
    expect(await controlPlane.store.findAccessKeyUsage(AccessKeyId)).toBeUndefined();
    expect(await controlPlane.refusal('DeleteServiceAccessKey', { ServiceName, AccessKeyId })).toContain(
      'NoSuchEntity',
    );
    const second = await controlPlane.perform('CreateServiceAccessKey', { ServiceName });
    await controlPlane.perform('DeleteServicePrincipal', { ServiceName });
    expect(await controlPlane.store.findAccessKey(second.AccessKey.AccessKeyId)).toBeUndefined();
    expect(await controlPlane.refusal('DeleteServicePrincipal', { ServiceName })).toContain('NoSuchEntityException');
    const events = await controlPlane.events('CreateServiceAccessKey');
    expect(JSON.stringify(events)).not.toContain(AccessKey.SecretAccessKey);
  });

  test('must have the name of a service', async () => {
    for (const name of ['dynamodb', 'DynamoDB.amazonaws.com', '.amazonaws.com', 'a b.amazonaws.com']) {
      expect(await controlPlane.refusal('CreateServicePrincipal', { ServiceName: name })).toContain(
        'ValidationException',
      );
    }
  });
});
