/**
 * Quotas at work: what the operator chose, and the token buckets that hold each account to its rates. A bucket holds
 * one second's worth, fills evenly and is this process's own: several nodes give an account that many times the rate.
 * Source: AWS KMS Developer Guide, "Request quotas", "Throttling AWS KMS requests".
 */
import { readFileSync } from 'node:fs';
import {
  type Charge,
  chargesOf,
  defaultRate,
  isRequestQuota,
  isResourceQuota,
  type RequestQuotaName,
  type ResourceQuotaName,
  resourceQuotas,
} from '@keystead/provider-schema/quotas.ts';
import { exitCodes, StartError } from '../startup/config.ts';

/** Rates by quota; one that is absent does not exist. */
type RateOf = (name: RequestQuotaName, region: string) => number | undefined;

/** A resource quota that is absent does not exist. */
export type ResourceQuotas = Readonly<Partial<Record<ResourceQuotaName, number>>>;

export interface Quotas {
  readonly resources: ResourceQuotas;
  readonly rateOf: RateOf;
}

export const noQuotas: Quotas = { resources: {}, rateOf: () => undefined };

export const awsQuotas: Quotas = { resources: resourceQuotas, rateOf: defaultRate };

/** Reads the value of `--quotas`: `off`, `aws`, or a file that changes some of AWS's. @throws StartError */
export function readQuotas(setting: string): Quotas {
  if (setting === 'off') return noQuotas;
  return setting === 'aws' ? awsQuotas : parseQuotas(setting, readQuotaFile(setting));
}

function readQuotaFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

/** @param file names the file in errors. @throws StartError */
export function parseQuotas(file: string, value: unknown): Quotas {
  const { requests, resources } = section(file, value, ['requests', 'resources']);
  const rates = overrides(file, 'requests', requests, isRequestQuota);
  const amounts = overrides(file, 'resources', resources, isResourceQuota);
  const kept = { ...resourceQuotas, ...Object.fromEntries(amounts) };
  return {
    resources: Object.fromEntries(Object.entries(kept).filter(([, amount]) => amount !== null)),
    rateOf: (name, region) => {
      const rate = rates.get(name);
      return rate === undefined ? defaultRate(name, region) : (rate ?? undefined);
    },
  };
}

function overrides<Name extends string>(
  file: string,
  place: string,
  value: unknown,
  isName: (name: string) => name is Name,
): ReadonlyMap<Name, number | null> {
  const found = new Map<Name, number | null>();
  for (const [name, quota] of Object.entries(section(file, value ?? {}, undefined, place))) {
    if (!isName(name)) throw unusable(file, `there is no quota "${place}.${name}"`);
    if (quota !== null && !(typeof quota === 'number' && Number.isFinite(quota) && quota > 0)) {
      throw unusable(file, `"${place}.${name}" is neither a positive number nor null`);
    }
    found.set(name, quota);
  }
  return found;
}

function section(file: string, value: unknown, names?: readonly string[], place?: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(file, `${place === undefined ? 'it' : `"${place}"`} is no JSON object`);
  }
  const unknown = names && Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unusable(file, `it has a member "${unknown}"`);
  return value as Record<string, unknown>;
}

function unusable(file: string, reason: string): StartError {
  return new StartError(
    `The quotas in ${file} cannot be used: ${reason}.`,
    'Write "off", "aws", or a JSON file such as {"requests": {"CreateKey": 50}, "resources": {"keysPerRegion": null}}.',
    exitCodes.usage,
  );
}

/** Holds accounts to their rates. */
export interface Throttle {
  /** Whether the account may make this request now; takes it from every quota it counts against, or from none. */
  admits(request: {
    readonly accountId: string;
    readonly region: string;
    readonly operation: string;
    readonly members: unknown;
    readonly nowMs: number;
  }): boolean;
  /** Whether each of these custom key stores may be used once more now. */
  admitsKeyStores(request: {
    readonly accountId: string;
    readonly region: string;
    readonly customKeyStoreIds: ReadonlySet<string>;
    readonly nowMs: number;
  }): boolean;
}

/** A charge and whose it is. */
interface Owed extends Charge {
  readonly of: string;
  readonly region: string;
}

interface Bucket {
  readonly rate: number;
  readonly tokens: number;
  readonly filledAtMs: number;
}

/** Beyond it those that are full again are forgotten, which changes nothing. */
const REMEMBERED_BUCKETS = 10_000;

export function createThrottle({ rateOf }: Pick<Quotas, 'rateOf'>): Throttle {
  const buckets = new Map<string, Bucket>();
  const take = (charges: readonly Owed[], nowMs: number): boolean => {
    const taken = charges.flatMap(({ of, quota, region, requests }) => {
      const rate = rateOf(quota, region);
      if (rate === undefined) return [];
      const name = `${of}/${region}/${quota}`;
      const { tokens } = filled(buckets.get(name), rate, nowMs);
      const enough = tokens >= Math.min(requests, capacityOf(rate));
      return [{ name, enough, bucket: { rate, tokens: tokens - requests, filledAtMs: nowMs } }];
    });
    if (taken.some(({ enough }) => !enough)) return false;
    for (const { name, bucket } of taken) buckets.set(name, bucket);
    if (buckets.size > REMEMBERED_BUCKETS) forgetFull(buckets, nowMs);
    return true;
  };
  return {
    admits: ({ accountId, region, operation, members, nowMs }) => {
      const charges = chargesOf(operation, isObject(members) ? members : {});
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

/** A quota below one a second still lets one request through, after a pause. */
const capacityOf = (rate: number): number => Math.max(1, rate);

/** A clock that steps back fills nothing. */
function filled(bucket: Bucket | undefined, rate: number, nowMs: number): Bucket {
  if (!bucket) return { rate, tokens: capacityOf(rate), filledAtMs: nowMs };
  const seconds = Math.max(0, nowMs - bucket.filledAtMs) / 1000;
  return { rate, tokens: Math.min(capacityOf(rate), bucket.tokens + seconds * rate), filledAtMs: nowMs };
}

function forgetFull(buckets: Map<string, Bucket>, nowMs: number): void {
  for (const [name, bucket] of buckets) {
    if (filled(bucket, bucket.rate, nowMs).tokens >= capacityOf(bucket.rate)) buckets.delete(name);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
