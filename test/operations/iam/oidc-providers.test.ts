import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const arnOf = (url: string) => `arn:aws:iam::111122223333:oidc-provider/${url}`;
const thumbprint = 'A'.repeat(40);

describe('OpenID Connect providers', () => {
  test('are registered, described, listed and removed', async () => {
    const { OpenIDConnectProviderArn } = await house.perform('CreateOpenIDConnectProvider', {
      Url: 'https://token.example.com/team/',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint],
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(OpenIDConnectProviderArn).toBe(arnOf('token.example.com/team'));
    const provider = { OpenIDConnectProviderArn: OpenIDConnectProviderArn ?? '' };
    expect(await house.perform('GetOpenIDConnectProvider', provider)).toEqual({
      Url: 'token.example.com/team',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint.toLowerCase()],
      CreateDate: new Date(house.clock.now()),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { OpenIDConnectProviderList } = await house.perform('ListOpenIDConnectProviders', {});
    expect(OpenIDConnectProviderList).toEqual([{ Arn: OpenIDConnectProviderArn }]);
    expect(await house.refusal('CreateOpenIDConnectProvider', { Url: 'https://token.example.com/team' })).toContain(
      'EntityAlreadyExistsException',
    );
    await house.perform('DeleteOpenIDConnectProvider', provider);
    await house.perform('DeleteOpenIDConnectProvider', provider);
    expect(await house.refusal('GetOpenIDConnectProvider', provider)).toContain('NoSuchEntityException');
  });

  test.each([
    'http://token.example.com',
    'https://token.example.com:8443',
    'https://user@token.example.com',
    'https://token.example.com/?a=b',
    'https://token.example.com/#a',
    'token.example.com',
  ])('are not registered under %s', async (Url) => {
    expect(await house.refusal('CreateOpenIDConnectProvider', { Url })).toContain('InvalidInputException');
  });

  test('have audiences, thumbprints and tags that change', async () => {
    await house.perform('CreateOpenIDConnectProvider', { Url: 'https://b.example.com' });
    const provider = { OpenIDConnectProviderArn: arnOf('b.example.com') };
    await house.perform('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'one' });
    await house.perform('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'one' });
    await house.perform('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'two' });
    await house.perform('RemoveClientIDFromOpenIDConnectProvider', { ...provider, ClientID: 'one' });
    await house.perform('UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: [thumbprint] });
    await house.perform('TagOpenIDConnectProvider', { ...provider, Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await house.perform('GetOpenIDConnectProvider', provider)).toMatchObject({
      ClientIDList: ['two'],
      ThumbprintList: [thumbprint.toLowerCase()],
    });
    expect((await house.perform('ListOpenIDConnectProviderTags', provider)).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    await house.perform('UntagOpenIDConnectProvider', { ...provider, TagKeys: ['a'] });
    expect((await house.perform('ListOpenIDConnectProviderTags', provider)).Tags).toEqual([]);
    const many = Array.from({ length: 6 }, () => thumbprint);
    expect(
      await house.refusal('UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: many }),
    ).toContain('InvalidInputException');
    const unhexed = ['z'.repeat(40)];
    expect(
      await house.refusal('UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: unhexed }),
    ).toContain('InvalidInputException');
  });

  test('take their keys from a key set, from a URL, or by discovery', async () => {
    await house.perform('CreateOpenIDConnectProvider', { Url: 'https://keys.example.com' });
    const provider = { OpenIDConnectProviderArn: arnOf('keys.example.com') };
    expect(await house.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({});
    const Jwks = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] });
    await house.perform('PutOpenIDConnectProviderKeys', { ...provider, Jwks });
    expect(await house.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({ Jwks });
    const JwksUri = 'https://keys.example.com/jwks.json';
    await house.perform('PutOpenIDConnectProviderKeys', { ...provider, JwksUri });
    expect(await house.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({ JwksUri });
    await house.perform('PutOpenIDConnectProviderKeys', provider);
    expect(await house.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({});
    for (const bad of [{ Jwks, JwksUri }, { Jwks: '{}' }, { Jwks: 'none' }, { Jwks: '{"keys":[]}' }]) {
      expect(await house.refusal('PutOpenIDConnectProviderKeys', { ...provider, ...bad })).toContain(
        'InvalidInputException',
      );
    }
  });
});
