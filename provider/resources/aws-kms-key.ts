/** `aws_kms_key`. Tags and rotation come before disabling, because a disabled key refuses some changes. */
import { awsKmsKey as record } from '@keystead/provider-schema/resources/aws-kms-key.ts';
import type { Client } from '../client/client.ts';
import { findForcedReplacement } from '../engine/plan.ts';
import { type Diagnostic, DiagnosticError, type ResourceType } from '../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../engine/value.ts';
import { deletionWarnings } from './shared/deletion-warnings.ts';
import { attempt, runSteps, type Step } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import { importIdFromIdentity, keyImportId } from './shared/import-id.ts';
import {
  accountIdOf,
  bypass,
  descriptionStep,
  disableStep,
  enableStep,
  findKey,
  type KeyConfiguration,
  type KeyMetadata,
  type KeyPlace,
  policyStep,
  scheduleDeletion,
  tagSteps,
} from './shared/keys.ts';
import { lockoutWarnings, normalPolicy } from './shared/policy.ts';
import { planRegion, regionOf } from './shared/region.ts';
import { planTagsAll, readTags, tagsToCreate } from './shared/tags.ts';
import { knownPart, numberOf, requireText, textOf } from './shared/values.ts';

export const awsKmsKey: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    const planned: ObjectValue = {
      ...proposed,
      region: planRegion(client, config),
      tags_all: planTagsAll(client?.tags, config, prior),
      rotation_period_in_days: planRotationPeriod(prior, proposed),
    };
    const replaces = prior !== null && findForcedReplacement(record, prior, planned).length > 0;
    const warnings = replaces && client !== undefined ? await warnOfDeletion(client, prior) : [];
    return { planned, diagnostics: [...lockoutWarnings(prior, planned), ...warnings] };
  },

  planDestroy: warnOfDeletion,

  async create(client, planned) {
    const region = regionOf(client, planned);
    const key = await attempt('creating KMS Key', undefined, () => createKey(client, planned, region));
    const place = { keyId: key.KeyId, region };
    const failures = await runSteps([
      rotationStep(client, place, planned, planned.enable_key_rotation === true),
      disableStep(client, place, 'is_enabled', planned.is_enabled === false),
    ]);
    const known = { ...knownPart(planned), arn: key.Arn ?? null, id: key.KeyId, key_id: key.KeyId, region };
    return finish({ ...end(client, place, known, planned), failures });
  },

  async read(client, state) {
    const place = placeOf(client, state);
    return attempt(reading(place), undefined, () => readKey(client, place, state, 'shared'));
  },

  async update(client, prior, planned) {
    const place = placeOf(client, prior);
    const tags = tagSteps(client, place, 'KMS Key', prior, planned);
    const tagsLast = planned.tags_all === unknown;
    const failures = await runSteps([
      ...(tagsLast ? [] : tags),
      enableStep(client, place, 'is_enabled', planned.is_enabled === true && prior.is_enabled !== true),
      rotationStep(client, place, planned, rotationChanges(prior, planned)),
      descriptionStep(client, place, prior, planned),
      policyStep(client, place, prior, planned),
      disableStep(client, place, 'is_enabled', planned.is_enabled === false && prior.is_enabled !== false),
      ...(tagsLast ? tags : []),
    ]);
    return finish({ ...end(client, place, { ...prior, ...unread(planned) }, planned), failures });
  },

  remove: (client, state) => scheduleDeletion(client, placeOf(client, state), 'KMS Key', state),

  async importState(client, text) {
    const { id, region } = keyImportId(record.type, text);
    return { id, region: region ?? client.region ?? null, bypass_policy_lockout_safety_check: false };
  },

  async importIdentity(client, identity) {
    return awsKmsKey.importState?.(client, await importIdFromIdentity(client, identity, 'id')) ?? {};
  },

  identity: (client, state) => ({
    id: textOf(state, 'id') ?? unknown,
    account_id: accountIdOf(state) ?? unknown,
    region: regionOf(client, state),
  }),
};

const placeOf = (client: Client, state: ObjectValue): KeyPlace => ({
  keyId: requireText(state, 'id'),
  region: regionOf(client, state),
});

const reading = ({ keyId }: KeyPlace): string => `reading KMS Key (${keyId})`;

/** Never sent and never read: as planned, whatever happened to the rest. */
const unread = ({
  bypass_policy_lockout_safety_check,
  deletion_window_in_days,
  timeouts,
}: ObjectValue): ObjectValue => ({
  bypass_policy_lockout_safety_check: bypass_policy_lockout_safety_check ?? null,
  deletion_window_in_days: deletion_window_in_days ?? null,
  timeouts: timeouts ?? null,
});

const end = (client: Client, place: KeyPlace, known: ObjectValue, planned: ObjectValue) => ({
  planned,
  known,
  reading: reading(place),
  read: () => readKey(client, place, known, 'fresh'),
});

function warnOfDeletion(client: Client, prior: ObjectValue): Promise<readonly Diagnostic[]> {
  return deletionWarnings(client, placeOf(client, prior), numberOf(prior, 'deletion_window_in_days'));
}

/** Switching rotation on without a period leaves the choice to the service. Taken-over states hold 0 for none. */
function planRotationPeriod(prior: ObjectValue | null, proposed: ObjectValue): Value {
  const period = proposed.rotation_period_in_days ?? null;
  const switchesOn = proposed.enable_key_rotation !== false && prior?.enable_key_rotation !== true;
  return switchesOn && (period === null || period === 0) ? unknown : period;
}

function rotationChanges(prior: ObjectValue, planned: ObjectValue): boolean {
  const period = planned.rotation_period_in_days;
  return (
    planned.enable_key_rotation !== prior.enable_key_rotation ||
    (planned.enable_key_rotation === true && period !== unknown && period !== prior.rotation_period_in_days)
  );
}

function rotationStep(client: Client, { keyId, region }: KeyPlace, planned: ObjectValue, when: boolean): Step {
  const enable = planned.enable_key_rotation === true;
  const period = numberOf(planned, 'rotation_period_in_days');
  return {
    doing: `${enable ? 'enabling' : 'disabling'} rotation of KMS Key (${keyId})`,
    path: ['enable_key_rotation'],
    when,
    run: () =>
      enable
        ? client.call(
            'EnableKeyRotation',
            { KeyId: keyId, ...(period ? { RotationPeriodInDays: period } : {}) },
            region,
          )
        : client.call('DisableKeyRotation', { KeyId: keyId }, region),
  };
}

async function createKey(client: Client, planned: ObjectValue, region: string): Promise<KeyMetadata> {
  const policy = textOf(planned, 'policy');
  const tags = tagsToCreate(client.tags, planned);
  const externalKey = textOf(planned, 'xks_key_id');
  const keyStore = textOf(planned, 'custom_key_store_id');
  const { KeyMetadata: key } = await client.call(
    'CreateKey',
    {
      ...bypass(planned),
      KeySpec: textOf(planned, 'customer_master_key_spec'),
      KeyUsage: textOf(planned, 'key_usage'),
      Description: textOf(planned, 'description'),
      MultiRegion: planned.multi_region === true ? true : undefined,
      Policy: policy === undefined ? undefined : normalPolicy(policy),
      Tags: tags.length === 0 ? undefined : tags,
      CustomKeyStoreId: keyStore,
      XksKeyId: externalKey,
      Origin: externalKey !== undefined ? 'EXTERNAL_KEY_STORE' : keyStore !== undefined ? 'AWS_CLOUDHSM' : undefined,
    },
    region,
  );
  if (key === undefined) throw new Error('CreateKey answered without the key');
  return key;
}

async function readKey(
  client: Client,
  place: KeyPlace,
  state: ObjectValue,
  freshness: 'fresh' | 'shared',
): Promise<ObjectValue | null> {
  const key = await findKey(client, place, freshness);
  if (key === undefined) return null;
  refuseReplica(key.KeyMetadata);
  return { ...state, ...attributesOf(client, key, state), region: place.region };
}

function refuseReplica({ KeyId, MultiRegionConfiguration: regions }: KeyMetadata): void {
  if (regions === undefined || regions.MultiRegionKeyType === 'PRIMARY') return;
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: `KMS Key (${KeyId}) is a multi-Region replica`,
      detail:
        `Its primary key is ${regions.PrimaryKey?.Arn}. Manage a replica as aws_kms_replica_key; if the primary key ` +
        'was moved to another Region, remove this resource from the state and import both keys again.',
      path: ['id'],
    },
  ]);
}

function attributesOf(client: Client, key: KeyConfiguration, state: ObjectValue): ObjectValue {
  const { KeyMetadata: metadata, RotationStatus: rotation } = key;
  return {
    arn: metadata.Arn ?? null,
    custom_key_store_id: metadata.CustomKeyStoreId ?? null,
    customer_master_key_spec: metadata.KeySpec ?? null,
    description: metadata.Description ?? '',
    enable_key_rotation: rotation.KeyRotationEnabled,
    id: metadata.KeyId,
    is_enabled: metadata.Enabled ?? false,
    key_id: metadata.KeyId,
    key_usage: metadata.KeyUsage ?? null,
    multi_region: metadata.MultiRegion ?? false,
    policy: normalPolicy(key.Policy),
    // A period without rotation exists in the configuration alone.
    rotation_period_in_days:
      (rotation.KeyRotationEnabled ? rotation.RotationPeriodInDays : undefined) ??
      numberOf(state, 'rotation_period_in_days') ??
      null,
    ...readTags(client.tags, key.Tags, state),
    xks_key_id: metadata.XksKeyConfiguration?.Id ?? null,
  };
}
