/** `aws_kms_alias`. Its ARN and its target are in the same account and Region, so one list entry has both. */
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { awsKmsAlias as record } from '@keystead/provider-schema/resources/aws-kms-alias.ts';
import type { Client } from '../client/client.ts';
import { isServiceError } from '../client/service-error.ts';
import { findForcedReplacement } from '../engine/plan.ts';
import { type Diagnostic, DiagnosticError, type ResourceType } from '../engine/resource.ts';
import { type ObjectValue, unknown } from '../engine/value.ts';
import { attempt, runSteps } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import { generatedName, prefixOfGenerated } from './shared/generated-name.ts';
import { importIdFromIdentity, invalidImportId, splitImportId } from './shared/import-id.ts';
import { accountIdOf, bareKeyId } from './shared/keys.ts';
import { findingOf, refusal, reviewChange, useLines } from './shared/plan-review.ts';
import { planInRegion, regionOf } from './shared/region.ts';
import { knownPart, requireText, textOf } from './shared/values.ts';

type AliasEntry = NonNullable<OutputJson<'ListAliases'>['Aliases']>[number];

export const awsKmsAlias: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    const targetChanges = prior === null || proposed.target_key_id !== prior.target_key_id;
    const target: ObjectValue = targetChanges
      ? { target_key_id: bareKeyId(proposed.target_key_id), target_key_arn: unknown }
      : { target_key_arn: prior.target_key_arn ?? unknown };
    const plan = planInRegion(client, config, prior, { ...proposed, ...target });
    const isReplaced = prior !== null && findForcedReplacement(record, prior, plan.planned).length > 0;
    if (client === undefined || !isReplaced) return plan;
    return { ...plan, diagnostics: await reviewRemoval(client, prior) };
  },

  planDestroy: reviewRemoval,

  async create(client, planned, config) {
    const region = regionOf(client, planned);
    const name = textOf(planned, 'name') ?? generatedName(textOf(planned, 'name_prefix') ?? 'alias/');
    const target = requireText(config, 'target_key_id');
    await attempt(`creating KMS Alias (${name})`, ['name'], () =>
      client.call('CreateAlias', { AliasName: name, TargetKeyId: target }, region),
    );
    const known = { ...knownPart(planned), id: name, name, region };
    return finish({ ...end(client, known, planned), failures: [] });
  },

  read: (client, state) => attempt(reading(state), undefined, () => readAlias(client, state)),

  async update(client, prior, planned, config) {
    const name = requireText(prior, 'id');
    const target = requireText(config, 'target_key_id');
    const failures = await runSteps([
      {
        doing: `updating KMS Alias (${name})`,
        path: ['target_key_id'],
        when: planned.target_key_id !== prior.target_key_id,
        run: () => client.call('UpdateAlias', { AliasName: name, TargetKeyId: target }, regionOf(client, prior)),
      },
    ]);
    return finish({ ...end(client, { ...prior, region: regionOf(client, prior) }, planned), failures });
  },

  async remove(client, state) {
    const name = requireText(state, 'id');
    await attempt(`deleting KMS Alias (${name})`, undefined, async () => {
      try {
        await client.call('DeleteAlias', { AliasName: name }, regionOf(client, state));
      } catch (error) {
        if (!isServiceError(error, 'NotFoundException')) throw error;
      }
    });
  },

  async importState(client, text) {
    const { id, region } = splitImportId(text);
    if (!/^alias\/[\w/-]+$/.test(id)) {
      throw new DiagnosticError([invalidImportId(record.type, text, 'the alias name with its prefix, alias/orders')]);
    }
    return { id, name: id, region: region ?? client.region ?? null };
  },

  async importIdentity(client, identity) {
    return awsKmsAlias.importState?.(client, await importIdFromIdentity(client, identity, 'name')) ?? {};
  },

  identity: (client, state) => ({
    name: textOf(state, 'name') ?? unknown,
    account_id: accountIdOf(state) ?? unknown,
    region: regionOf(client, state),
  }),
};

/** Requests that name the key by this alias stop working. */
async function reviewRemoval(client: Client, prior: ObjectValue): Promise<readonly Diagnostic[]> {
  const [AliasName, KeyId] = [requireText(prior, 'id'), textOf(prior, 'target_key_id')];
  if (KeyId === undefined) return [];
  const reviewed = await reviewChange(client, { Operation: 'DeleteAlias', KeyId, AliasName }, regionOf(client, prior));
  if (reviewed === undefined) return [];
  const used = findingOf(reviewed, 'AliasUsed');
  if (used === undefined) return reviewed.gaps;
  const detail = [
    `${AliasName} named KMS Key (${KeyId}) in the last requests of:`,
    ...useLines(used),
    'Their next request by this alias will fail. Let them use the key id or another alias first.',
    ...(reviewed.severity === 'error' ? ['', refusal] : []),
  ].join('\n');
  const summary = `${AliasName} is in use and will be removed`;
  return [...reviewed.gaps, { severity: reviewed.severity, summary, detail }];
}

const reading = (state: ObjectValue): string => `reading KMS Alias (${textOf(state, 'id')})`;

const end = (client: Client, known: ObjectValue, planned: ObjectValue) => ({
  planned,
  known,
  reading: reading(known),
  read: () => readAlias(client, { ...known, target_key_id: planned.target_key_id ?? null }),
});

async function readAlias(client: Client, state: ObjectValue): Promise<ObjectValue | null> {
  const name = requireText(state, 'id');
  const region = regionOf(client, state);
  const targetBefore = textOf(state, 'target_key_id');
  const entry = await findAlias(client, name, region, targetBefore);
  const found = entry && aliasState(entry, region);
  return found ? { ...state, ...found } : null;
}

/** An alias as a listing gives it. null: it has no key, so nothing can be managed. */
export function aliasState(
  { AliasArn: arn, AliasName: name, TargetKeyId: target }: AliasEntry,
  region: string,
): ObjectValue | null {
  if (arn === undefined || name === undefined || target === undefined) return null;
  return {
    arn,
    id: name,
    name,
    name_prefix: prefixOfGenerated(name),
    region,
    target_key_arn: arn.replace(`:${name}`, `:key/${target}`),
    target_key_id: target,
  };
}

/** Lists the aliases of the expected key, which are few, and all aliases only if it is not among them. */
export async function findAlias(
  client: Client,
  name: string,
  region: string,
  expectedTarget: string | undefined,
): Promise<AliasEntry | undefined> {
  if (expectedTarget !== undefined) {
    const found = await findAliasAmong(client, name, region, { KeyId: expectedTarget }).catch((error: unknown) => {
      // The key is gone, or this is not a key id: the whole list decides.
      if (isServiceError(error, 'NotFoundException', 'InvalidArnException')) return undefined;
      throw error;
    });
    if (found !== undefined) return found;
  }
  return findAliasAmong(client, name, region, {});
}

async function findAliasAmong(
  client: Client,
  name: string,
  region: string,
  filter: { readonly KeyId?: string },
): Promise<AliasEntry | undefined> {
  let marker: string | undefined;
  do {
    const page = await client.call('ListAliases', { ...filter, Limit: 100, Marker: marker }, region);
    const found = page.Aliases?.find(({ AliasName }) => AliasName === name);
    if (found !== undefined) return found;
    marker = page.Truncated === true ? page.NextMarker : undefined;
  } while (marker !== undefined);
  return undefined;
}
