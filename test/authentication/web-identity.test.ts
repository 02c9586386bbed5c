import { createWebIdentities, type FetchKeys } from '@keystead/control-plane/authentication/web-identity.ts';
import type { OidcProviderRow } from '@keystead/control-plane/storage/port/tables.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';

const ACCOUNT = '111122223333';
const URL_PART = 'token.ci.example.com/team';
const ISSUER = `https://${URL_PART}`;
const nowMs = Date.parse('2026-03-01T12:00:00Z');
const nowSeconds = nowMs / 1000;
const role = { accountId: ACCOUNT, partition: 'aws' };

interface Signer {
  readonly alg: string;
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

async function aSigner(alg: string, kid = `kid-${alg}`): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

let signers: readonly Signer[];
let main: Signer;
beforeAll(async () => {
  signers = await Promise.all(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map((alg) => aSigner(alg)));
  main = signers[2] as Signer;
});

function provider(more: Partial<OidcProviderRow> = {}): OidcProviderRow {
  return {
    account_id: ACCOUNT,
    url: URL_PART,
    arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${URL_PART}`,
    client_ids: JSON.stringify(['sts.amazonaws.com', 'other-client']),
    thumbprints: '[]',
    tags: '{}',
    jwks: JSON.stringify({ keys: signers.map(({ jwk }) => jwk) }),
    jwks_uri: null,
    created_at_ms: 0,
    revision: 1,
    ...more,
  };
}

const noFetch: FetchKeys = () => {
  throw new Error('fetched');
};

function identities(row = provider(), fetchKeys = noFetch) {
  const findOidcProvider = async (arn: string) => (arn === row.arn ? row : undefined);
  return createWebIdentities({ findOidcProvider }, fetchKeys);
}

const defaultClaims = {
  iss: ISSUER,
  sub: 'repo:team/app:ref:refs/heads/main',
  aud: 'sts.amazonaws.com',
  iat: nowSeconds - 10,
  exp: nowSeconds + 300,
};

const issue = (claims: object = {}, { alg, key, jwk } = main, header: object = { kid: jwk.kid }) =>
  new SignJWT({ ...defaultClaims, ...claims }).setProtectedHeader({ alg, ...header }).sign(key);

async function refusal(identityToken: string | Promise<string>, verifier = identities(), atMs = nowMs) {
  const error = await verifier.verify(await identityToken, role, atMs).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KmsError)) throw new Error(`not refused: ${error}`);
  return { code: error.code, message: error.message };
}

describe('a token of a registered provider', () => {
  test.each([0, 1, 2, 3, 4])('is valid when a key of the provider signed it (key %i)', async (i) => {
    const identity = await identities().verify(await issue({}, signers[i]), role, nowMs);
    expect(identity).toMatchObject({
      providerArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${URL_PART}`,
      issuer: ISSUER,
      subject: defaultClaims.sub,
      audience: 'sts.amazonaws.com',
      tags: {},
      transitiveTagKeys: [],
    });
  });

  test('gives its claims as condition keys, in lower case, under the provider’s URL', async () => {
    const claims = { repository: 'team/app', Run: 7, protected: true, amr: ['pwd', 'otp'], deep: { not: 'asked' } };
    const identity = await identities().verify(await issue(claims), role, nowMs);
    expect(identity.claims).toMatchObject({
      [`${URL_PART}:sub`]: defaultClaims.sub,
      [`${URL_PART}:aud`]: 'sts.amazonaws.com',
      [`${URL_PART}:repository`]: 'team/app',
      [`${URL_PART}:run`]: '7',
      [`${URL_PART}:protected`]: 'true',
      [`${URL_PART}:amr`]: ['pwd', 'otp'],
    });
    expect(identity.claims).not.toHaveProperty(`${URL_PART}:deep`);
  });

  test('is for its authorized party, if it names one', async () => {
    const identity = await identities().verify(
      await issue({ aud: ['sts.amazonaws.com', 'b'], azp: 'other-client' }),
      role,
      nowMs,
    );
    expect(identity.audience).toBe('other-client');
    expect(identity.claims).toMatchObject({
      [`${URL_PART}:aud`]: 'other-client',
      [`${URL_PART}:oaud`]: ['sts.amazonaws.com', 'b'],
    });
    expect(await refusal(issue({ azp: 'stranger' }))).toMatchObject({ message: 'Incorrect token audience' });
  });

  test('gives registered claims exactly: one of another case is not the registered one', async () => {
    const claims = { Azp: 'stranger', AMR: ['otp'], NONCE: 'n', oaud: 'chosen', Custom: 'c' };
    const identity = await identities().verify(await issue(claims), role, nowMs);
    expect(identity.claims).toMatchObject({ [`${URL_PART}:custom`]: 'c', [`${URL_PART}:aud`]: 'sts.amazonaws.com' });
    for (const name of ['azp', 'amr', 'nonce', 'oaud'])
      expect(identity.claims).not.toHaveProperty([`${URL_PART}:${name}`]);
    expect(await refusal(issue({ sub: undefined, Sub: 'x' }))).toMatchObject({
      message: 'Missing a required claim: sub',
    });
    expect(await refusal(issue({ aud: undefined, AUD: 'sts.amazonaws.com' }))).toMatchObject({
      message: 'Incorrect token audience',
    });
  });

  test('that does not name its key is tried with each fitting key of the provider', async () => {
    const others = await Promise.all([aSigner('ES256', 'one'), aSigner('ES256', 'two')]);
    const row = provider({ jwks: JSON.stringify({ keys: [...others, main].map(({ jwk }) => jwk) }) });
    await identities(row).verify(await issue({}, main, {}), role, nowMs);
    const stranger = await aSigner('ES256');
    expect(await refusal(issue({}, stranger, {}), identities(row))).toMatchObject({
      code: 'InvalidIdentityTokenException',
    });
  });

  test('carries session tags and a source identity', async () => {
    const claims = {
      'https://aws.amazon.com/tags': { principal_tags: { Team: ['payments'] }, transitive_tag_keys: ['Team'] },
      'https://aws.amazon.com/source_identity': 'alice',
    };
    expect(await identities().verify(await issue(claims), role, nowMs)).toMatchObject({
      tags: { Team: 'payments' },
      transitiveTagKeys: ['Team'],
      sourceIdentity: 'alice',
    });
  });

  test.each([
    ['tags that are not an object', { 'https://aws.amazon.com/tags': { principal_tags: 'x' } }],
    ['a tag with two values', { 'https://aws.amazon.com/tags': { principal_tags: { a: ['b', 'c'] } } }],
    ['a tag without a value', { 'https://aws.amazon.com/tags': { principal_tags: { a: [] } } }],
    ['transitive keys that are not a list', { 'https://aws.amazon.com/tags': { transitive_tag_keys: 'a' } }],
    ['a source identity with spaces', { 'https://aws.amazon.com/source_identity': 'a b' }],
  ])('is rejected for %s', async (_title, claims) => {
    expect(await refusal(issue(claims))).toMatchObject({ code: 'IDPRejectedClaimException' });
  });
});

describe('a token is refused', () => {
  test('after its expiry, to the second, by the clock of the service', async () => {
    const identityToken = await issue();
    await identities().verify(identityToken, role, nowMs + 299_999);
    expect(await refusal(identityToken, identities(), nowMs + 300_000)).toEqual({
      code: 'ExpiredIdentityTokenException',
      message: expect.stringMatching(/^Token expired: current date\/time 1772366700 must be before/),
    });
  });

  test('before its time, by more than five minutes of clock skew', async () => {
    await identities().verify(await issue({ iat: nowSeconds + 290, nbf: nowSeconds + 300 }), role, nowMs);
    expect(await refusal(issue({ nbf: nowSeconds + 301 }))).toMatchObject({ message: 'The token is not valid yet.' });
    expect(await refusal(issue({ iat: nowSeconds + 301 }))).toMatchObject({ message: 'The token is not valid yet.' });
  });

  test.each([
    ['for another audience', { aud: 'stranger' }, 'Incorrect token audience'],
    ['without an audience', { aud: undefined }, 'Incorrect token audience'],
    ['of an issuer that is not registered', { iss: 'https://other.example.com' }, 'No OpenIDConnect provider found'],
    ['of a path below the issuer', { iss: `${ISSUER}/x` }, 'No OpenIDConnect provider found'],
    ['of an issuer without TLS', { iss: `http://${URL_PART}` }, 'Issuer must be a valid URL.'],
    ['without an issuer', { iss: undefined }, 'Issuer must be a valid URL.'],
    ['without an expiry', { exp: undefined }, 'Token must contain exp and iat claims.'],
    ['without a time of issue', { iat: undefined }, 'Token must contain exp and iat claims.'],
    ['without a subject', { sub: undefined }, 'Missing a required claim: sub'],
  ])('%s', async (_title, claims, message) => {
    expect(await refusal(issue(claims))).toEqual({
      code: 'InvalidIdentityTokenException',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['a registered one', { SUB: 'repo:team/other' }],
    ['a registered one, whatever its value', { Aud: { nested: true } }],
    ['one of the provider', { repository: 'team/app', Repository: 'team/other' }],
  ])('with a claim that differs only in case from %s', async (_title, claims) => {
    expect(await refusal(issue(claims))).toEqual({
      code: 'InvalidIdentityTokenException',
      message: 'The token has claims whose names differ only in case.',
    });
  });

  test('signed by another key under the id of the provider’s', async () => {
    const stranger = await aSigner('ES256');
    expect(await refusal(issue({}, { ...stranger, jwk: main.jwk }))).toMatchObject({
      message: 'The token signature is invalid.',
    });
    expect(await refusal(issue({}, stranger, { kid: 'unknown' }))).toMatchObject({
      message: expect.stringContaining('none of its keys'),
    });
  });

  test('without a signature, or with one that a public key could make', async () => {
    const unsigned = new UnsecuredJWT({ ...defaultClaims }).encode();
    const mac = await new SignJWT({ ...defaultClaims })
      .setProtectedHeader({ alg: 'HS256', kid: main.jwk.kid as string })
      .sign(Buffer.from(JSON.stringify(main.jwk)));
    for (const identityToken of [unsigned, mac]) {
      expect(await refusal(identityToken)).toEqual({
        code: 'InvalidIdentityTokenException',
        message: expect.stringContaining('not accepted'),
      });
    }
  });

  describe('whose RSA signature lacks its leading zero byte', () => {
    /** One in 256 signatures begins with a zero byte. */
    async function withAndWithoutZero(signer: Signer, header?: object) {
      for (let number = 0; number < 10_000; number++) {
        const whole = await issue({ jti: `${number}` }, signer, header);
        const end = whole.lastIndexOf('.') + 1;
        const bytes = Buffer.from(whole.slice(end), 'base64url');
        if (bytes[0] === 0) return { whole, stripped: whole.slice(0, end) + bytes.subarray(1).toString('base64url') };
      }
      throw new Error('none of 10,000 signatures begins with a zero byte');
    }
    const rsaSigner = (alg: string) => signers.find((each) => each.alg === alg) as Signer;

    test.each(['RS256', 'PS256'])('%s', async (alg) => {
      const { whole, stripped } = await withAndWithoutZero(rsaSigner(alg));
      await identities().verify(whole, role, nowMs);
      expect(await refusal(stripped)).toEqual({
        code: 'InvalidIdentityTokenException',
        message: 'The token signature is invalid.',
      });
    });

    test('PS256, by any of several keys', async () => {
      const signer = rsaSigner('PS256');
      const keys = [await aSigner('PS256'), signer].map(({ jwk: { kid: _, ...jwk } }) => jwk);
      const verifier = identities(provider({ jwks: JSON.stringify({ keys }) }));
      const { whole, stripped } = await withAndWithoutZero(signer, {});
      await verifier.verify(whole, role, nowMs);
      expect(await refusal(stripped, verifier)).toMatchObject({ message: 'The token signature is invalid.' });
    });
  });

  test.each(['ES256', 'ES384', 'EdDSA'])('whose %s signature is a byte shorter or longer', async (alg) => {
    const identityToken = await issue(
      {},
      signers.find((each) => each.alg === alg),
    );
    const end = identityToken.lastIndexOf('.') + 1;
    const bytes = Buffer.from(identityToken.slice(end), 'base64url');
    const others = [bytes.subarray(1), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)])];
    for (const other of others) {
      const changed = identityToken.slice(0, end) + other.toString('base64url');
      expect(await refusal(changed)).toMatchObject({ message: 'The token signature is invalid.' });
    }
  });

  test('with any character changed', async () => {
    const identityToken = await issue();
    const verifier = identities();
    // The last character of a segment can have bits that encode nothing; every fifth place is enough of the rest.
    for (let at = 0; at < identityToken.length - 1; at += 5) {
      if (identityToken[at] === '.' || identityToken[at + 1] === '.') continue;
      const changed =
        identityToken.slice(0, at) + (identityToken[at] === 'A' ? 'B' : 'A') + identityToken.slice(at + 1);
      expect(await refusal(changed, verifier)).toMatchObject({ code: 'InvalidIdentityTokenException' });
    }
  });

  test.each(['', 'a', 'a.b.c', '..', 'eyJhbGciOiJSUzI1NiJ9..', 'eyJhbGciOiJSUzI1NiJ9.bnVsbA.AA'])(
    'that is not a token: %p',
    async (text) => {
      expect(await refusal(text)).toMatchObject({ code: 'InvalidIdentityTokenException' });
    },
  );
});

describe('keys that the provider publishes', () => {
  test('are fetched again when a token names one that is not among them', async () => {
    const next = await aSigner('ES256', 'next');
    let fetches = 0;
    const fetchKeys: FetchKeys = async () => ({
      keys: { keys: [main.jwk] },
      refetch: async () => {
        fetches += 1;
        return { keys: [main.jwk, next.jwk] };
      },
    });
    const verifier = identities(provider({ jwks: null }), fetchKeys);
    await verifier.verify(await issue(), role, nowMs);
    expect(fetches).toBe(0);
    await verifier.verify(await issue({}, next), role, nowMs);
    expect(fetches).toBe(1);
  });

  test('are not fetched for a token whose issuer is not registered', async () => {
    let fetches = 0;
    const fetchKeys: FetchKeys = async () => {
      fetches += 1;
      return { keys: { keys: [main.jwk] } };
    };
    const verifier = identities(provider({ jwks: null }), fetchKeys);
    for (const iss of [
      'https://other.example.com',
      `${ISSUER}/x`,
      `${ISSUER}/`,
      'https://169.254.169.254',
      undefined,
    ]) {
      await refusal(issue({ iss }), verifier);
    }
    expect(fetches).toBe(0);
    await verifier.verify(await issue(), role, nowMs);
    expect(fetches).toBe(1);
  });
});
