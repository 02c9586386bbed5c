import { type House, openHouse, region } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const ServiceName = 'dynamodb.amazonaws.com';

describe('service principals', () => {
  test('are made, listed and deleted, with access keys of their own', async () => {
    const { ServicePrincipal } = await house.perform('CreateServicePrincipal', { ServiceName });
    expect(ServicePrincipal).toMatchObject({ ServiceName, ServicePrincipalId: expect.stringMatching(/^AIPA/) });
    expect(await house.refusal('CreateServicePrincipal', { ServiceName })).toContain('EntityAlreadyExistsException');
    expect((await house.perform('ListServicePrincipals', {})).ServicePrincipals).toEqual([ServicePrincipal]);
    const { AccessKey } = await house.perform('CreateServiceAccessKey', { ServiceName });
    const { AccessKeyId } = AccessKey;
    expect((await house.store.findAccessKey(AccessKeyId))?.principal).toMatchObject({
      kind: 'aws-service',
      name: ServiceName,
    });
    const { AccessKeyMetadata } = await house.perform('ListServiceAccessKeys', { ServiceName });
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId, Status: 'Active' }]);
    const usage = { access_key_id: AccessKeyId, used_at_ms: house.clock.now(), service: 'kms', region };
    const used = { op: 'insert', table: 'access_key_usage', row: usage } as const;
    await house.store.write({ mutations: [used], changes: [], audit: [] });
    await house.perform('DeleteServiceAccessKey', { ServiceName, AccessKeyId });
    expect(await house.store.findAccessKeyUsage(AccessKeyId)).toBeUndefined();
    expect(await house.refusal('DeleteServiceAccessKey', { ServiceName, AccessKeyId })).toContain('NoSuchEntity');
    const second = await house.perform('CreateServiceAccessKey', { ServiceName });
    await house.perform('DeleteServicePrincipal', { ServiceName });
    expect(await house.store.findAccessKey(second.AccessKey.AccessKeyId)).toBeUndefined();
    expect(await house.refusal('DeleteServicePrincipal', { ServiceName })).toContain('NoSuchEntityException');
    const events = await house.events('CreateServiceAccessKey');
    expect(JSON.stringify(events)).not.toContain(AccessKey.SecretAccessKey);
  });

  test('have names of services', async () => {
    for (const name of ['dynamodb', 'DynamoDB.amazonaws.com', '.amazonaws.com', 'a b.amazonaws.com']) {
      expect(await house.refusal('CreateServicePrincipal', { ServiceName: name })).toContain('ValidationException');
    }
  });
});
