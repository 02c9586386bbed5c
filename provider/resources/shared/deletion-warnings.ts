/**
 * The warning of a plan that destroys a key, before anybody approves it: which aliases and replicas depend on the key,
 * who holds grants, and when it was used last. Never an error: facts that cannot be found out do not stop the plan.
 */
import type { InputJson } from '@keystead/provider-schema/json-types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Client } from '../../client/client.ts';
import type { Diagnostic } from '../../engine/resource.ts';
import { unlessRefused } from './failures.ts';
import { findKey, type KeyConfiguration, type KeyPlace } from './keys.ts';

const namesShown = 5;

export async function deletionWarnings(
  client: Client,
  place: KeyPlace,
  windowInDays: number | undefined,
): Promise<readonly Diagnostic[]> {
  const key = await unlessRefused(() => findKey(client, place, 'shared'));
  if (key === undefined) return [];
  const dependent = dependents(key);
  const lastUse = await findLastUse(client, key, place.region);
  const inUse = dependent.length > 0 || lastUse.used;
  // States of the upstream provider hold 0 after the argument was removed.
  const days = windowInDays || limits.pendingWindowInDays.default;
  return [
    {
      severity: 'warning',
      summary: inUse ? 'A KMS key that is in use will be deleted' : 'A KMS key will be deleted',
      detail: [
        `${key.KeyMetadata.Arn ?? place.keyId} stops working as soon as this plan is applied and is gone after ${days} ` +
          `days; until then CancelKeyDeletion brings it back. ${loss(key)}`,
        ...dependent,
        lastUse.text,
      ].join('\n'),
    },
  ];
}

function loss({ KeyMetadata }: KeyConfiguration): string {
  return KeyMetadata.MultiRegionConfiguration?.MultiRegionKeyType === 'REPLICA'
    ? 'Its related keys in other Regions can still decrypt what it encrypted.'
    : 'Everything that is encrypted under it is lost with it.';
}

function dependents({ Aliases, Grants, KeyMetadata }: KeyConfiguration): readonly string[] {
  const { MultiRegionKeyType: kind, ReplicaKeys: replicas = [] } = KeyMetadata.MultiRegionConfiguration ?? {};
  return [
    listed(
      'Aliases that point to it',
      Aliases.map(({ AliasName }) => AliasName ?? ''),
    ),
    listed(
      'Live grants, by grantee',
      Grants.map(({ GranteePrincipal, Name }) => (Name ? `${GranteePrincipal} (${Name})` : (GranteePrincipal ?? ''))),
    ),
    listed(
      'Replicas, which must be deleted first',
      kind === 'PRIMARY' ? replicas.map(({ Region }) => Region ?? '') : [],
    ),
  ].filter((line) => line !== '');
}

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : '';
  return `${what} (${names.length}): ${names.slice(0, namesShown).join(', ')}${more}`;
}

interface LastUse {
  readonly used: boolean;
  readonly text: string;
}

async function findLastUse(
  client: Client,
  { KeyMetadata: { KeyId, Arn } }: KeyConfiguration,
  region: string,
): Promise<LastUse> {
  const answer = await unlessRefused(() => client.call('GetKeyLastUsage', { KeyId }, region));
  if (answer === undefined)
    return { used: false, text: 'Last use: unknown, because GetKeyLastUsage was refused or failed.' };
  const { Operation, Timestamp, KmsRequestId } = answer.KeyLastUsage ?? {};
  if (Operation === undefined || Timestamp === undefined) return { used: false, text: 'Last use: never.' };
  const user = await findUser(client, { ResourceArn: Arn, RequestId: KmsRequestId }, region);
  const by = user === undefined ? '' : ` by ${user}`;
  return { used: true, text: `Last use: ${Operation}${by}, ${new Date(Timestamp * 1000).toISOString()}` };
}

/** The audit log names the user; for a caller who is not allowed to read it, the warning leaves the name out. */
async function findUser(client: Client, event: InputJson<'LookupEvents'>, region: string): Promise<string | undefined> {
  const answer = await unlessRefused(() => client.call('LookupEvents', event, region));
  return answer?.Events.find(({ Username }) => Username !== undefined)?.Username;
}
