/** `aws_kms_replica_key`. Made in the Region of its primary key; from then on every call goes to its own Region. */
import { awsKmsReplicaKey as record } from '@keystead/provider-schema/resources/aws-kms-replica-key.ts';
import type { Client } from '../client/client.ts';
import { findForcedReplacement } from '../engine/plan.ts';
import { type Diagnostic, DiagnosticError, type ResourceType } from '../engine/resource.ts';
import { type ObjectValue, unknown } from '../engine/value.ts';
import { deletionWarnings } from './shared/deletion-warnings.ts';
import { attempt, runSteps } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import { keyImportId } from './shared/import-id.ts';
import {
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
import { replicate, sameRegion } from './shared/replicas.ts';
import { planTagsAll, readTags } from './shared/tags.ts';
import { knownPart, numberOf, requireText } from './shared/values.ts';

/** Used on destroy when nothing else was configured; the record's default. */
const usualWindowInDays = 30;

export const awsKmsReplicaKey: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    const planned: ObjectValue = {
      ...proposed,
      region: planRegion(client, config),
      tags_all: planTagsAll(client?.tags, config, prior),
    };
    const replaces = prior !== null && findForcedReplacement(record, prior, planned).length > 0;
    const warnings = replaces && client !== undefined ? await warnOfDeletion(client, prior) : [];
    return { planned, diagnostics: [...sameRegion(planned), ...lockoutWarnings(prior, planned), ...warnings] };
  },

  planDestroy: warnOfDeletion,

  async create(client, planned) {
    const region = regionOf(client, planned);
    const key = await attempt('creating KMS Replica Key', ['primary_key_arn'], () =>
      replicate(client, planned, region),
    );
    const place = { keyId: key.KeyId, region };
    const failures = await runSteps([disableStep(client, place, 'enabled', planned.enabled === false)]);
    const known = { ...knownPart(planned), arn: key.Arn ?? null, id: key.KeyId, key_id: key.KeyId, region };
    return finish({ ...end(client, place, known, planned), failures });
  },

  async read(client, state) {
    const place = placeOf(client, state);
    return attempt(reading(place), undefined, () => readReplica(client, place, state, 'shared'));
  },

  async update(client, prior, planned) {
    const place = placeOf(client, prior);
    const tags = tagSteps(client, place, 'KMS Replica Key', prior, planned);
    const tagsLast = planned.tags_all === unknown;
    const failures = await runSteps([
      ...(tagsLast ? [] : tags),
      enableStep(client, place, 'enabled', planned.enabled === true && prior.enabled !== true),
      descriptionStep(client, place, prior, planned),
      policyStep(client, place, prior, planned),
      disableStep(client, place, 'enabled', planned.enabled === false && prior.enabled !== false),
      ...(tagsLast ? tags : []),
    ]);
    return finish({ ...end(client, place, { ...prior, ...unread(planned) }, planned), failures });
  },

  remove: (client, state) => scheduleDeletion(client, placeOf(client, state), 'KMS Replica Key', state),

  async importState(client, text) {
    const { id, region } = keyImportId(record.type, text);
    return {
      id,
      region: region ?? client.region ?? null,
      bypass_policy_lockout_safety_check: false,
      deletion_window_in_days: usualWindowInDays,
    };
  },
};

const placeOf = (client: Client, state: ObjectValue): KeyPlace => ({
  keyId: requireText(state, 'id'),
  region: regionOf(client, state),
});

const reading = ({ keyId }: KeyPlace): string => `reading KMS Replica Key (${keyId})`;

/** Never sent and never read: as planned, whatever happened to the rest. */
const unread = ({ bypass_policy_lockout_safety_check, deletion_window_in_days }: ObjectValue): ObjectValue => ({
  bypass_policy_lockout_safety_check: bypass_policy_lockout_safety_check ?? null,
  deletion_window_in_days: deletion_window_in_days ?? null,
});

const end = (client: Client, place: KeyPlace, known: ObjectValue, planned: ObjectValue) => ({
  planned,
  known,
  reading: reading(place),
  read: () => readReplica(client, place, known, 'fresh'),
});

function warnOfDeletion(client: Client, prior: ObjectValue): Promise<readonly Diagnostic[]> {
  return deletionWarnings(client, placeOf(client, prior), numberOf(prior, 'deletion_window_in_days'));
}

async function readReplica(
  client: Client,
  place: KeyPlace,
  state: ObjectValue,
  freshness: 'fresh' | 'shared',
): Promise<ObjectValue | null> {
  const key = await findKey(client, place, freshness);
  if (key === undefined) return null;
  refuseOthers(key.KeyMetadata);
  return { ...state, ...attributesOf(client, key, state), region: place.region };
}

function refuseOthers({ KeyId, KeyManager, Origin, MultiRegionConfiguration: regions }: KeyMetadata): void {
  const problem =
    KeyManager !== undefined && KeyManager !== 'CUSTOMER'
      ? `it is managed by ${KeyManager}`
      : Origin !== undefined && Origin !== 'AWS_KMS'
        ? `its key material has origin ${Origin}`
        : regions?.MultiRegionKeyType !== 'REPLICA'
          ? 'it is not a multi-Region replica key'
          : undefined;
  if (problem === undefined) return;
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: `KMS Key (${KeyId}) cannot be managed as aws_kms_replica_key`,
      detail: `In this Region ${problem}. Manage it as aws_kms_key, or correct the id and its Region.`,
      path: ['id'],
    },
  ]);
}

function attributesOf(client: Client, key: KeyConfiguration, state: ObjectValue): ObjectValue {
  const { KeyMetadata: metadata, RotationStatus: rotation } = key;
  return {
    arn: metadata.Arn ?? null,
    description: metadata.Description || null,
    enabled: metadata.Enabled ?? false,
    id: metadata.KeyId,
    key_id: metadata.KeyId,
    key_rotation_enabled: rotation.KeyRotationEnabled,
    key_spec: metadata.KeySpec ?? null,
    key_usage: metadata.KeyUsage ?? null,
    policy: normalPolicy(key.Policy),
    primary_key_arn: metadata.MultiRegionConfiguration?.PrimaryKey?.Arn ?? null,
    ...readTags(client.tags, key.Tags, state),
  };
}
