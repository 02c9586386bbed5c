/** What runs: each key whole, in one call, through the REST door. */
import type { Connection } from '../connection.ts';
import { Refusal } from '../connection.ts';

export interface ActualGrant {
  readonly GrantId: string;
  readonly Name?: string;
  readonly GranteePrincipal: string;
  readonly RetiringPrincipal?: string;
  readonly Operations: readonly string[];
  readonly Constraints?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ActualKey {
  readonly KeyMetadata: {
    readonly KeyId: string;
    readonly Arn: string;
    readonly Description?: string;
    readonly Enabled: boolean;
    readonly KeyState: string;
    readonly MultiRegion: boolean;
    readonly DeletionDate?: number;
  };
  readonly Policy: string;
  readonly Tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly RotationStatus: { readonly KeyRotationEnabled: boolean; readonly RotationPeriodInDays?: number };
  readonly Aliases: readonly { readonly AliasName: string; readonly AliasArn: string }[];
  readonly Grants: readonly ActualGrant[];
}

export interface Actual {
  /** undefined: there is no such key (any more). */
  findKey(region: string, keyId: string): Promise<ActualKey | undefined>;
  /** Id of the key an alias points to; undefined: there is no such alias. */
  findAliasTarget(region: string, aliasName: string): Promise<string | undefined>;
}

/** Each key and each Region's aliases are read once. */
export function readActual(connection: Connection): Actual {
  const keys = new Map<string, Promise<ActualKey | undefined>>();
  const aliases = new Map<string, Promise<ReadonlyMap<string, string>>>();
  return {
    findKey: (region, keyId) =>
      once(keys, `${region}/${keyId}`, () => {
        const path = `/v1/keys/${encodeURIComponent(keyId)}/configuration`;
        return connection.call('GET', path, { region }).catch(absent) as Promise<ActualKey | undefined>;
      }),
    findAliasTarget: async (region, aliasName) =>
      (await once(aliases, region, () => listAliases(connection, region))).get(aliasName),
  };
}

function once<T>(known: Map<string, Promise<T>>, name: string, read: () => Promise<T>): Promise<T> {
  const reading = known.get(name) ?? read();
  known.set(name, reading);
  return reading;
}

function absent(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'NotFoundException') return undefined;
  throw error;
}

interface AliasPage {
  readonly Aliases: readonly { readonly AliasName: string; readonly TargetKeyId?: string }[];
  readonly NextMarker?: string;
}

async function listAliases(connection: Connection, region: string): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  for (let marker: string | undefined; ; ) {
    const query = new URLSearchParams({ Limit: '100', ...(marker !== undefined && { Marker: marker }) });
    const page = (await connection.call('GET', `/v1/aliases?${query}`, { region })) as AliasPage;
    for (const { AliasName, TargetKeyId } of page.Aliases) if (TargetKeyId) targets.set(AliasName, TargetKeyId);
    if (page.NextMarker === undefined) return targets;
    marker = page.NextMarker;
  }
}
