import { createSecretKey } from 'node:crypto';
import { type Admission, authenticator } from '@keystead/control-plane/authentication/authenticate.ts';
import type { Callers, KnownCaller } from '@keystead/control-plane/authentication/callers.ts';
import {
  createFailedAuthentications,
  networkOf,
} from '@keystead/control-plane/authentication/failed-authentications.ts';
import type { RawRequest } from '@keystead/control-plane/context/door.ts';
import type { Engines } from '@keystead/control-plane/context/engines.ts';
import { deriveSigningKey, type SigningCredentials, sign } from '@keystead/control-plane/sigv4/verify.ts';
import { noPolicies } from '@keystead/policy/authority.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import fc from 'fast-check';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const stranger = { sourceIp: '192.0.2.1', accessKeyId: 'AKIAGUESSED000000000' };

/** How many attempts are allowed before the next is refused. */
function room(limit: ReturnType<typeof createFailedAuthentications>, who: typeof stranger, atMs: number): number {
  for (let tried = 0; tried < 10_000; tried++) {
    try {
      limit.requireRoom(who, atMs);
    } catch (error) {
      if (error instanceof KmsError && error.code === 'ThrottlingException') return tried;
      throw error;
    }
    limit.failed(who, atMs);
  }
  return Number.POSITIVE_INFINITY;
}

describe('failed authentications', () => {
  test('of one access key from one address are limited to a fifth of the limit of the address', () => {
    const limit = createFailedAuthentications(100);
    expect(room(limit, stranger, nowMs)).toBe(20);
    expect(room(limit, { ...stranger, accessKeyId: 'AKIANEXT000000000000' }, nowMs)).toBe(20);
    const keys = Array.from({ length: 60 }, (_, i) => ({ ...stranger, accessKeyId: `AKIA${i}` }));
    for (const who of keys) limit.failed(who, nowMs);
    expect(room(limit, { ...stranger, accessKeyId: 'AKIALAST000000000000' }, nowMs)).toBe(0);
  });

  test('are forgiven as time goes by', () => {
    const limit = createFailedAuthentications(100);
    room(limit, stranger, nowMs);
    expect(room(limit, stranger, nowMs + 3_001)).toBe(1);
    expect(room(limit, stranger, nowMs + 2 * MINUTE_MS)).toBe(20);
  });

  test('are neither forgiven nor added by a clock that steps back', () => {
    const limit = createFailedAuthentications(100);
    room(limit, stranger, nowMs);
    expect(room(limit, stranger, nowMs - MINUTE_MS)).toBe(0);
  });

  test('never count against a client at another address', () => {
    const limit = createFailedAuthentications(100);
    for (let i = 0; i < 1000; i++) limit.failed({ ...stranger, sourceIp: `198.51.100.${i % 250}` }, nowMs);
    expect(() => limit.requireRoom(stranger, nowMs)).not.toThrow();
  });

  test('never count against an access key that was authenticated from this address within the hour', () => {
    const limit = createFailedAuthentications(100);
    const client = { ...stranger, accessKeyId: 'AKIACLIENT0000000000' };
    limit.proven(client, nowMs);
    for (let i = 0; i < 1000; i++) limit.failed(stranger, nowMs);
    for (let i = 0; i < 1000; i++) limit.failed(client, nowMs);
    expect(() => limit.requireRoom(client, nowMs)).not.toThrow();
    expect(() => limit.requireRoom(stranger, nowMs)).toThrow(KmsError);
    for (let i = 0; i < 1000; i++) limit.failed(client, nowMs + 61 * MINUTE_MS);
    expect(() => limit.requireRoom(client, nowMs + 61 * MINUTE_MS)).toThrow(KmsError);
  });

  test('are not counted on loopback, or when there is no limit', () => {
    const limit = createFailedAuthentications(100);
    for (const sourceIp of ['127.0.0.1', '127.9.9.9', '::1']) {
      expect(room(limit, { ...stranger, sourceIp }, nowMs)).toBe(Number.POSITIVE_INFINITY);
    }
    expect(room(createFailedAuthentications(0), stranger, nowMs)).toBe(Number.POSITIVE_INFINITY);
  });

  test('of IPv6 are counted by network, which one host has to itself', () => {
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(networkOf('::2')).toBe('0:0:0:0::/64');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(networkOf(address)).toMatch(/^([0-9a-f]{1,4}:){4}:\/64$/);
      }),
    );
  });

  test('are remembered for ten thousand addresses, and the least recently used is forgotten first', () => {
    const limit = createFailedAuthentications(10);
    expect(room(limit, stranger, nowMs)).toBe(2);
    for (let i = 0; i < 10_000; i++) limit.failed({ ...stranger, sourceIp: `10.0.${i >> 8}.${i & 255}` }, nowMs);
    expect(room(limit, stranger, nowMs)).toBe(2);
  });
});

describe('the door', () => {
  const good: SigningCredentials = { accessKeyId: 'AKIAGOOD000000000000', secretAccessKey: 'good' };
  const principal = { kind: 'root', accountId: '111122223333', arn: 'arn', principalId: '111122223333' } as const;
  let looks = 0;
  const callers: Callers = {
    async find({ accessKeyId }, scope): Promise<KnownCaller | undefined> {
      looks += 1;
      if (accessKeyId === 'AKIAEXPIRED000000000') throw new KmsError('ExpiredTokenException');
      if (accessKeyId !== good.accessKeyId) return undefined;
      return { principal, authority: noPolicies, signingKey: createSecretKey(deriveSigningKey('good', scope)) };
    },
    behind: async () => undefined,
  };
  const engines = {} as Engines;
  const authenticate = (perMinute: number) =>
    authenticator({ callers, failures: createFailedAuthentications(perMinute) } as Admission, ['kms']);

  function request(by: SigningCredentials, sourceIp: string): RawRequest {
    const plain = {
      method: 'POST',
      rawPath: '/',
      rawQuery: '',
      headers: [['host', 'kms.example.com']] as const,
      body: new Uint8Array(),
    };
    const headers = sign(plain, by, { region: 'eu-west-1', nowMs });
    return { ...plain, headers, sourceIp, userAgent: '', secureTransport: true };
  }
  const codeOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'OK',
      (error: unknown) => (error instanceof KmsError ? error.code : String(error)),
    );

  test('refuses an address that keeps failing without any look-up, and still serves a client it knows there', async () => {
    const enter = authenticate(10);
    const from = (by: SigningCredentials, ip = '192.0.2.1') => codeOf(enter(engines, request(by, ip), nowMs));
    expect(await from(good)).toBe('OK');
    const wrong = { ...good, secretAccessKey: 'wrong' };
    const codes = [];
    for (let i = 0; i < 12; i++) codes.push(await from({ ...wrong, accessKeyId: `AKIAGUESS${i}` }));
    expect(codes.slice(0, 10)).toEqual(Array(10).fill('UnrecognizedClientException'));
    expect(codes.slice(10)).toEqual(['ThrottlingException', 'ThrottlingException']);
    const before = looks;
    expect(await from({ ...wrong, accessKeyId: 'AKIAGUESSAGAIN' })).toBe('ThrottlingException');
    expect(looks).toBe(before);
    expect(await from(good)).toBe('OK');
    expect(await from(wrong)).toBe('InvalidSignatureException');
    expect(await from(good)).toBe('OK');
    expect(await from(good, '192.0.2.2')).toBe('OK');
  });

  test('does not count sessions that have expired', async () => {
    const enter = authenticate(10);
    const expired = { ...good, accessKeyId: 'AKIAEXPIRED000000000' };
    for (let i = 0; i < 30; i++) {
      expect(await codeOf(enter(engines, request(expired, '192.0.2.9'), nowMs))).toBe('ExpiredTokenException');
    }
  });
});
