/** Drift of identities, custom key stores and settings of the server, with who made each difference. */
import type { Connection } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import type { CompareOptions } from './findings/compare.ts';
import { compareKeyStores, unmanagedKeyStores } from './findings/declared-key-stores.ts';
import { compareSettings } from './findings/declared-settings.ts';
import type { Finding } from './findings/finding.ts';
import { compareIdentities } from './findings/identities-declared.ts';
import { knownIn, undeclaredParts } from './findings/identities-undeclared.ts';
import { unmanagedIdentities } from './findings/identities-unmanaged.ts';
import { findIdentityCause } from './findings/identity-cause.ts';
import type { IdentityDifference } from './findings/identity-difference.ts';
import { type Identities, readIdentities } from './running/all-identities.ts';
import { readKeyStores } from './running/all-key-stores.ts';
import { readEvents } from './running/events.ts';
import { readHistory } from './running/history.ts';
import { readSettings } from './running/running-settings.ts';
import { type DeclaredResource, isIdentityType } from './states/declared.ts';

export interface IdentityExtent {
  /** The states declare every identity of the account, and every custom key store of these Regions. */
  readonly complete: boolean;
  readonly regions: readonly string[];
  /** Of the server, as they should be. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of what has none. */
  readonly region: string;
}

export type SensitiveFinding = Omit<Finding, 'id'> & Pick<IdentityDifference, 'isSensitive'>;

/** Nothing is read that is neither declared nor asked for. */
export async function findIdentityDrift(
  state: readonly DeclaredResource[],
  connection: Connection,
  options: CompareOptions,
  extent: IdentityExtent,
): Promise<readonly SensitiveFinding[]> {
  const declared = state.filter(({ deposed }) => !deposed);
  const [identities, stores, settings] = await Promise.all([
    identityDifferences(declared, connection, options, extent),
    keyStoreDifferences(declared, connection, extent),
    settingDifferences(connection, extent),
  ]);
  const [history, log] = [readHistory(connection), readEvents(connection)];
  return Promise.all(
    [...identities, ...stores, ...settings].map(async ({ asked, access, ...difference }) => ({
      ...difference,
      // What a policy allows says what is in it.
      ...(access && !difference.isSensitive && { access }),
      ...(await findIdentityCause(log, history, asked)),
    })),
  );
}

async function identityDifferences(
  declared: readonly DeclaredResource[],
  connection: Connection,
  options: CompareOptions,
  { complete, region }: IdentityExtent,
): Promise<readonly IdentityDifference[]> {
  if (!complete && !declared.some(({ type }) => isIdentityType(type))) return [];
  const identities = await readIdentities(connection);
  requireSameAccount(declared, identities);
  const world = { declared, identities, options };
  const known = knownIn(world);
  return [
    ...compareIdentities(world),
    ...undeclaredParts(world, known, { region, all: complete }),
    ...(complete ? unmanagedIdentities(world, known, region) : []),
  ];
}

/** Everything of another account would look deleted. */
function requireSameAccount(declared: readonly DeclaredResource[], { account: { AccountId } }: Identities): void {
  const foreign = declared.find(({ type, values }) => {
    const account = /^arn:[^:]*:iam::(\d{12}):/.exec(String(values.arn))?.[1];
    return isIdentityType(type) && account !== undefined && account !== AccountId;
  });
  if (foreign === undefined) return;
  throw new CommandError(
    `${foreign.address} (${foreign.values.arn}) is not of account ${AccountId}, whose credentials are used.`,
    'Name a profile of its account: --profile, or "profile" of its stack in keystead-drift.yaml.',
  );
}

async function keyStoreDifferences(
  declared: readonly DeclaredResource[],
  connection: Connection,
  { complete, regions }: IdentityExtent,
): Promise<readonly IdentityDifference[]> {
  const own = declared.filter(({ type }) => type === 'aws_kms_custom_key_store');
  const wanted = [...new Set([...own.map(({ region }) => region), ...(complete ? regions : [])])];
  const running = await readKeyStores(connection, wanted);
  return [...compareKeyStores(own, running), ...(complete ? unmanagedKeyStores(own, running) : [])];
}

async function settingDifferences(connection: Connection, { settings, region }: IdentityExtent) {
  if (Object.keys(settings).length === 0) return [];
  return compareSettings(settings, await readSettings(connection), region);
}
