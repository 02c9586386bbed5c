import { allowed } from '../../support/callers.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const arnOf = (url: string) => `arn:aws:iam::111122223333:oidc-provider/${url}`;
const thumbprint = 'A'.repeat(40);

describe('OpenID Connect providers', () => {
  test('are registered, described, listed and removed', async () => {
    const { OpenIDConnectProviderArn } = await controlPlane.perform('CreateOpenIDConnectProvider', {
      Url: 'https://token.example.com/team/',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint],
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(OpenIDConnectProviderArn).toBe(arnOf('token.example.com/team'));
    const provider = { OpenIDConnectProviderArn: OpenIDConnectProviderArn ?? '' };
    expect(await controlPlane.perform('GetOpenIDConnectProvider', provider)).toEqual({
      Url: 'token.example.com/team',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint.toLowerCase()],
      CreateDate: new Date(controlPlane.clock.now()),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { OpenIDConnectProviderList } = await controlPlane.perform('ListOpenIDConnectProviders', {});
    expect(OpenIDConnectProviderList).toEqual([{ Arn: OpenIDConnectProviderArn }]);
    expect(
      await controlPlane.refusal('CreateOpenIDConnectProvider', { Url: 'https://token.example.com/team' }),
    ).toContain('EntityAlreadyExistsException');
    await controlPlane.perform('DeleteOpenIDConnectProvider', provider);
    await controlPlane.perform('DeleteOpenIDConnectProvider', provider);
    expect(await controlPlane.refusal('GetOpenIDConnectProvider', provider)).toContain('NoSuchEntityException');
  });

  test.each([
    'http://token.example.com',
    'https://token.example.com:8443',
    'https://user@token.example.com',
    'https://token.example.com/?a=b',
    'https://token.example.com/#a',
    'token.example.com',
  ])('are not registered under %s', async (Url) => {
    expect(await controlPlane.refusal('CreateOpenIDConnectProvider', { Url })).toContain('InvalidInputException');
  });

  test('have audiences, thumbprints and tags that change', async () => {
    await controlPlane.perform('CreateOpenIDConnectProvider', { Url: 'https://b.example.com' });
    const provider = { OpenIDConnectProviderArn: arnOf('b.example.com') };
    await controlPlane.perform('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'one' });
    await controlPlane.perform('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'one' });
    await controlPlane.perform('AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'two' });
    await controlPlane.perform('RemoveClientIDFromOpenIDConnectProvider', { ...provider, ClientID: 'one' });
    await controlPlane.perform('UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: [thumbprint] });
    await controlPlane.perform('TagOpenIDConnectProvider', { ...provider, Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await controlPlane.perform('GetOpenIDConnectProvider', provider)).toMatchObject({
      ClientIDList: ['two'],
      ThumbprintList: [thumbprint.toLowerCase()],
    });
    expect((await controlPlane.perform('ListOpenIDConnectProviderTags', provider)).Tags).toEqual([
      { Key: 'a', Value: 'b' },
    ]);
    await controlPlane.perform('UntagOpenIDConnectProvider', { ...provider, TagKeys: ['a'] });
    expect((await controlPlane.perform('ListOpenIDConnectProviderTags', provider)).Tags).toEqual([]);
    const many = Array.from({ length: 6 }, () => thumbprint);
    expect(
      await controlPlane.refusal('UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: many }),
    ).toContain('InvalidInputException');
    const unhexed = ['z'.repeat(40)];
    expect(
      await controlPlane.refusal('UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: unhexed }),
    ).toContain('InvalidInputException');
  });

  test('have keys from a key set, from a URL, or by discovery', async () => {
    await controlPlane.perform('CreateOpenIDConnectProvider', { Url: 'https://keys.example.com' });
    const provider = { OpenIDConnectProviderArn: arnOf('keys.example.com') };
    expect(await controlPlane.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({});
    const Jwks = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] });
    await controlPlane.perform('PutOpenIDConnectProviderKeys', { ...provider, Jwks });
    expect(await controlPlane.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({ Jwks });
    const JwksUri = 'https://keys.example.com/jwks.json';
    await controlPlane.perform('PutOpenIDConnectProviderKeys', { ...provider, JwksUri });
    expect(await controlPlane.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({ JwksUri });
    await controlPlane.perform('PutOpenIDConnectProviderKeys', provider);
    expect(await controlPlane.perform('GetOpenIDConnectProviderKeys', provider)).toEqual({});
    for (const bad of [{ Jwks, JwksUri }, { Jwks: '{}' }, { Jwks: 'none' }, { Jwks: '{"keys":[]}' }]) {
      expect(await controlPlane.refusal('PutOpenIDConnectProviderKeys', { ...provider, ...bad })).toContain(
        'InvalidInputException',
      );
    }
  });

  test('have keys that only an action of its own replaces; the one of thumbprints changes thumbprints only', async () => {
    await controlPlane.perform('CreateOpenIDConnectProvider', { Url: 'https://trust.example.com' });
    const provider = { OpenIDConnectProviderArn: arnOf('trust.example.com') };
    const Jwks = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] });
    const user = await controlPlane.user('keeper');
    const can = (Action: string) => allowed(user, { Effect: 'Allow', Action, Resource: '*' });
    const ofThumbprints = can('iam:UpdateOpenIDConnectProviderThumbprint');
    const ofKeys = can('keystead:PutOpenIDConnectProviderKeys');
    const ThumbprintList = [thumbprint];
    await controlPlane.perform(
      'UpdateOpenIDConnectProviderThumbprint',
      { ...provider, ThumbprintList },
      { as: ofThumbprints },
    );
    for (const as of [ofThumbprints, can('iam:*')]) {
      expect(await controlPlane.refusal('PutOpenIDConnectProviderKeys', { ...provider, Jwks }, { as })).toContain(
        'is not authorized to perform: keystead:PutOpenIDConnectProviderKeys',
      );
    }
    await controlPlane.perform('PutOpenIDConnectProviderKeys', { ...provider, Jwks }, { as: ofKeys });
    expect(
      await controlPlane.refusal(
        'UpdateOpenIDConnectProviderThumbprint',
        { ...provider, ThumbprintList },
        { as: ofKeys },
      ),
    ).toContain('AccessDeniedException');
  });
});
