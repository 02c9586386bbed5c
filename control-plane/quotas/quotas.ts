/**
 * The quotas that the operator chose, and the token buckets that limit each account to its rates. A bucket holds the
 * requests of one second, fills evenly and belongs to this process: on several nodes an account has the rate of each.
 * Source: AWS KMS Developer Guide, "Request quotas", "Throttling AWS KMS requests".
 */
import {
  type Charge,
  chargesOf,
  defaultRate,
  type RequestQuotaName,
  type ResourceQuotaName,
  resourceQuotas,
} from '@keystead/provider-schema/quotas.ts';
import type { Service } from '@keystead/provider-schema/records.ts';
import { type TokenBucket, tokensAt } from '../runtime/token-bucket.ts';

/** Requests per second by quota; undefined: unlimited. */
type RateOf = (name: RequestQuotaName, region: string) => number | undefined;

/** An absent resource quota is unlimited. */
export type ResourceQuotas = Readonly<Partial<Record<ResourceQuotaName, number>>>;

export interface Quotas {
  readonly resources: ResourceQuotas;
  readonly rateOf: RateOf;
}

export const noQuotas: Quotas = { resources: {}, rateOf: () => undefined };

export const awsQuotas: Quotas = { resources: resourceQuotas, rateOf: defaultRate };

/** Limits accounts to their rates. */
export interface Throttle {
  /** Whether the account can make this request now; counts it against each of its quotas, or against none. */
  admits(request: {
    readonly accountId: string;
    readonly region: string;
    readonly operation: string;
    /** The API that the operation belongs to. */
    readonly service: Service;
    readonly members: unknown;
    readonly nowMs: number;
  }): boolean;
  /** Whether each of these custom key stores can be used once more now; counts the use for all of them, or for none. */
  admitsKeyStores(request: {
    readonly accountId: string;
    readonly region: string;
    readonly customKeyStoreIds: ReadonlySet<string>;
    readonly nowMs: number;
  }): boolean;
}

/** A charge with its account or key store, and its Region. */
interface Owed extends Charge {
  readonly of: string;
  readonly region: string;
}

interface RateBucket extends TokenBucket {
  readonly rate: number;
}

/** Beyond this number, buckets that are full again are dropped, which changes nothing. */
const REMEMBERED_BUCKETS = 10_000;

export function createThrottle({ rateOf }: Pick<Quotas, 'rateOf'>): Throttle {
  const buckets = new Map<string, RateBucket>();
  const take = (charges: readonly Owed[], nowMs: number): boolean => {
    const taken = charges.flatMap(({ of, quota, region, requests }) => {
      const rate = rateOf(quota, region);
      if (rate === undefined) return [];
      const name = `${of}/${region}/${quota}`;
      const tokens = tokensAt(buckets.get(name), sizeOf(rate), nowMs);
      const enough = tokens >= Math.min(requests, capacityOf(rate));
      return [{ name, enough, bucket: { rate, tokens: tokens - requests, filledAtMs: nowMs } }];
    });
    if (taken.some(({ enough }) => !enough)) return false;
    for (const { name, bucket } of taken) buckets.set(name, bucket);
    if (buckets.size > REMEMBERED_BUCKETS) forgetFull(buckets, nowMs);
    return true;
  };
  return {
    admits: ({ accountId, region, operation, service, members, nowMs }) => {
      const charges = chargesOf(operation, isObject(members) ? members : {}, service);
      return take(
        charges.map((charge) => ({ region, ...charge, of: accountId })),
        nowMs,
      );
    },
    admitsKeyStores: ({ accountId, region, customKeyStoreIds, nowMs }) =>
      take(
        [...customKeyStoreIds].map((storeId) => ({
          quota: 'CryptoCustomKeyStore',
          requests: 1,
          region,
          of: `${accountId}/${storeId}`,
        })),
        nowMs,
      ),
  };
}

/** A quota below one per second still admits one request, after a pause. */
const capacityOf = (rate: number): number => Math.max(1, rate);

const sizeOf = (rate: number) => ({ capacity: capacityOf(rate), tokensPerSecond: rate });

function forgetFull(buckets: Map<string, RateBucket>, nowMs: number): void {
  for (const [name, bucket] of buckets) {
    if (tokensAt(bucket, sizeOf(bucket.rate), nowMs) >= capacityOf(bucket.rate)) buckets.delete(name);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
