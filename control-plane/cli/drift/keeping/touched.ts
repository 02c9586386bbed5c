/**
 * What changes touched: which declared resources must be compared again, and which findings of the last comparison no
 * longer hold. All Regions of a multi-Region key count as one, because each shows the others. Pure.
 */
import type { Finding } from '../findings/finding.ts';
import type { ActualKey } from '../running/actual.ts';
import type { LoggedChange } from '../running/changes.ts';
import { type DeclaredResource, keyIdOf } from '../states/declared.ts';

export interface Touched {
  readonly keyIds: ReadonlySet<string>;
  /** `us-east-1/alias/orders` */
  readonly aliases: ReadonlySet<string>;
}

/** A key that can look different without a change of it: at a time, or always, as its custom key store can be away. */
export interface Watched {
  readonly keyId: string;
  /** Milliseconds since 1970; absent: at any time. */
  readonly fromMs?: number;
}

/** The clocks of the two sides differ by less, or no request would be accepted. */
const CLOCKS_DIFFER_MS = 600_000;

/** @returns undefined when a change can concern every finding, as one of an identity: who gained what depends on it */
export function touchedBy(
  changes: readonly LoggedChange[],
  watched: readonly Watched[],
  nowMs: number,
): Touched | undefined {
  const due = watched.filter(({ fromMs = 0 }) => fromMs <= nowMs + CLOCKS_DIFFER_MS);
  const keyIds = new Set(due.map(({ keyId }) => keyId));
  const aliases = new Set<string>();
  for (const { ResourceType, Region, ResourceId, KeyId } of changes) {
    if (!['key', 'alias', 'grant'].includes(ResourceType)) return undefined;
    if (ResourceType === 'alias') aliases.add(`${Region}/${ResourceId}`);
    const keyId = KeyId ?? (ResourceType === 'key' ? ResourceId : undefined);
    if (keyId === undefined) return undefined;
    keyIds.add(keyId);
  }
  return { keyIds, aliases };
}

/** Keys that a later comparison has to read again although no change tells of them. */
export function watchedOf(keys: readonly ActualKey[]): readonly Watched[] {
  return keys.flatMap(({ KeyMetadata: { KeyId: keyId, CustomKeyStoreId, DeletionDate, ValidTo } }): Watched[] => {
    if (CustomKeyStoreId !== undefined) return [{ keyId }];
    const times = [DeletionDate, ValidTo].filter((seconds) => seconds !== undefined);
    return times.length === 0 ? [] : [{ keyId, fromMs: Math.min(...times) * 1000 }];
  });
}

export function concernsResource(touched: Touched, { type, region, values }: DeclaredResource): boolean {
  const key = type === 'aws_kms_alias' ? (values.target_key_arn ?? values.target_key_id) : values.key_id;
  if (touched.keyIds.has(keyIdOf(key))) return true;
  return type === 'aws_kms_alias' && touched.aliases.has(`${region}/${values.name}`);
}

/** @param addresses of the declared resources that are compared again */
export function concernsFinding(touched: Touched, addresses: ReadonlySet<string>, finding: Finding): boolean {
  const { address, resourceArn, keyArn } = finding;
  if (address !== undefined && addresses.has(address)) return true;
  return [resourceArn, keyArn].some((arn) => {
    const [, region, keyId, alias] = /^arn:[^:]*:kms:([^:]*):\d*:(?:key\/(.*)|(alias\/.*))$/.exec(arn ?? '') ?? [];
    return keyId === undefined ? touched.aliases.has(`${region}/${alias}`) : touched.keyIds.has(keyId);
  });
}
