/**
 * Limits how fast invalid credentials can be tried: per network address, and per access key from one address. Each has
 * a token bucket: a failure takes a token, time gives tokens back, and while the bucket is empty attempts are refused
 * before they cost a read of the store or a derivation in the HSM.
 *
 * No client can lock out another. Every bucket belongs to one address, so failures from elsewhere never count against a
 * client; and a pair of address and access key that was authenticated within the last hour is never refused, whatever
 * others behind the same address do. Loopback is not limited: all clients of a proxy on this machine have that address.
 */
import { isIP } from 'node:net';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { LruMap } from '../runtime/lru-map.ts';
import { type TokenBucket, tokensAt } from '../runtime/token-bucket.ts';

export interface Claimant {
  readonly sourceIp: string;
  /** Absent for a caller with an identity token. */
  readonly accessKeyId?: string;
}

export interface FailedAuthentications {
  /** @throws KmsError ThrottlingException */
  requireRoom(who: Claimant, nowMs: number): void;
  failed(who: Claimant, nowMs: number): void;
  proven(who: Claimant, nowMs: number): void;
}

/** One access key gets one fifth of the failures of its address. */
const SHARE_OF_ONE_KEY = 5;
const PROVEN_FOR_MS = 60 * 60_000;
/** Of addresses, of pairs with an access key, and of authenticated pairs each. */
const MAX_REMEMBERED = 10_000;
const SECONDS_PER_MINUTE = 60;

const LOOPBACK = /^127\.|^::1$/;
const THROTTLED = 'Too many requests with invalid credentials came from this address. Try again in a minute.';

/** @param perMinute failures allowed per address, in a minute and at once; 0: unlimited */
export function createFailedAuthentications(perMinute: number): FailedAuthentications {
  const addresses = buckets(perMinute);
  const pairs = buckets(Math.max(1, Math.floor(perMinute / SHARE_OF_ONE_KEY)));
  const provenAtMs = new LruMap<string, number>(MAX_REMEMBERED);
  const unlimited = ({ sourceIp }: Claimant) => perMinute === 0 || LOOPBACK.test(sourceIp);
  return {
    requireRoom(who, nowMs) {
      if (unlimited(who)) return;
      const pair = pairOf(who);
      if ((provenAtMs.get(pair) ?? Number.NEGATIVE_INFINITY) + PROVEN_FOR_MS > nowMs) return;
      if (addresses.isEmpty(networkOf(who.sourceIp), nowMs) || pairs.isEmpty(pair, nowMs)) {
        throw new KmsError('ThrottlingException', THROTTLED);
      }
    },
    failed(who, nowMs) {
      if (unlimited(who)) return;
      addresses.take(networkOf(who.sourceIp), nowMs);
      pairs.take(pairOf(who), nowMs);
    },
    proven(who, nowMs) {
      if (unlimited(who)) return;
      provenAtMs.set(pairOf(who), nowMs);
    },
  };
}

const pairOf = ({ sourceIp, accessKeyId = '' }: Claimant) => `${networkOf(sourceIp)} ${accessKeyId}`;

/** An IPv6 host has a network of 64 bits to itself (RFC 4291 section 2.5.4), and can use every address in it. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0');
  const network = [...left, ...zeros, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function buckets(capacity: number) {
  const known = new LruMap<string, TokenBucket>(MAX_REMEMBERED);
  const size = { capacity, tokensPerSecond: capacity / SECONDS_PER_MINUTE };
  const left = (name: string, nowMs: number) => tokensAt(known.get(name), size, nowMs);
  return {
    isEmpty: (name: string, nowMs: number) => left(name, nowMs) < 1,
    take: (name: string, nowMs: number) =>
      known.set(name, { tokens: Math.max(0, left(name, nowMs) - 1), filledAtMs: nowMs }),
  };
}
