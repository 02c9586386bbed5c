/**
 * The keys of OpenID Connect providers that publish them: fetched over HTTPS, remembered for ten minutes, and fetched
 * again at most twice a minute for a key that is not among them. An account's administrator chooses the address that
 * this process calls: hence HTTPS only, only public addresses and those that the operator allows, no redirects, a
 * deadline, a size limit, and only documents that are key sets.
 * Source: OpenID Connect Discovery 1.0, section 4.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { JSONWebKeySet } from 'jose';
import { type Fetching, getChecked } from '../runtime/checked-https.ts';
import { LruMap } from '../runtime/lru-map.ts';
import type { FetchKeys } from './web-identity.ts';

const REMEMBERED_FOR_MS = 10 * 60_000;
const REFETCHED_AFTER_MS = 30_000;
const DEADLINE_MS = 5_000;
const MAX_BYTES = 256 * 1024;
const MAX_REMEMBERED = 256;

interface Fetched {
  readonly keys: JSONWebKeySet;
  readonly atMs: number;
}

/** Which addresses can be called, and how names are resolved. */
export type Reach = Pick<Fetching, 'networks' | 'resolve'>;

/** @param now a clock that only measures ages */
export function createKeyFetcher(reach: Reach, now: () => number = () => performance.now()): FetchKeys {
  const remembered = new LruMap<string, Promise<Fetched>>(MAX_REMEMBERED);
  const fetchNow = (name: string, provider: Parameters<FetchKeys>[0]) => {
    const fetching = fetchKeySet(provider, reach).then((keys) => ({ keys, atMs: now() }));
    remembered.set(name, fetching);
    // After a failure, the next call tries again.
    fetching.catch(() => remembered.delete(name));
    return fetching;
  };
  return async (provider) => {
    const name = JSON.stringify([provider.url, provider.jwks_uri]);
    const known = await remembered.get(name);
    const fresh = known && now() - known.atMs < REMEMBERED_FOR_MS ? known : await fetchNow(name, provider);
    return {
      keys: fresh.keys,
      async refetch() {
        if (now() - fresh.atMs < REFETCHED_AFTER_MS) return undefined;
        return (await fetchNow(name, provider)).keys;
      },
    };
  };
}

async function fetchKeySet({ url, jwks_uri: given }: Parameters<FetchKeys>[0], reach: Reach): Promise<JSONWebKeySet> {
  const discovery = `https://${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const where = given ?? (await fetchJson(discovery, reach)).jwks_uri;
  if (typeof where !== 'string') throw unreachable(url);
  const keys = await fetchJson(where, reach);
  if (!Array.isArray(keys.keys)) throw unreachable(where);
  return keys as unknown as JSONWebKeySet;
}

async function fetchJson(where: string, reach: Reach): Promise<Readonly<Record<string, unknown>>> {
  if (!URL.canParse(where) || new URL(where).protocol !== 'https:') throw unreachable(where);
  try {
    const limits = { deadlineMs: DEADLINE_MS, maxBytes: MAX_BYTES };
    const value: unknown = JSON.parse(await getChecked(new URL(where), { ...reach, ...limits }));
    if (typeof value !== 'object' || value === null) throw new Error('not a JSON object');
    return value as Readonly<Record<string, unknown>>;
  } catch {
    throw unreachable(where);
  }
}

/** Names only the host: the caller must not learn what the address answered. */
function unreachable(where: string): KmsError {
  const host = URL.canParse(where) ? new URL(where).host : where.split('/')[0];
  return new KmsError(
    'IDPCommunicationErrorException',
    `The identity provider's keys could not be read from ${host}. Try again.`,
  );
}
