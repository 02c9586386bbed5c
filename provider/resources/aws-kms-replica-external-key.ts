/** `aws_kms_replica_external_key`. Made in the Region of its primary key, it imports the same material in its own. */
import { awsKmsReplicaExternalKey as record } from '@keystead/provider-schema/resources/aws-kms-replica-external-key.ts';
import type { Client } from '../client/client.ts';
import { findForcedReplacement } from '../engine/plan.ts';
import type { Diagnostic, ResourceType } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { deletionWarnings } from './shared/deletion-warnings.ts';
import { attempt, runSteps } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import { keyImportId } from './shared/import-id.ts';
import {
  changeSteps,
  disabledWarning,
  firstSteps,
  importedAttributes,
  planImported,
  refusal,
  refuseOtherOrigins,
} from './shared/key-material.ts';
import { findKey, type KeyConfiguration, type KeyMetadata, type KeyPlace, scheduleDeletion } from './shared/keys.ts';
import { lockoutWarnings, normalPolicy } from './shared/policy.ts';
import { planRegion, regionOf } from './shared/region.ts';
import { replicate, sameRegion } from './shared/replicas.ts';
import { planTagsAll, readTags } from './shared/tags.ts';
import { knownPart, numberOf, requireText } from './shared/values.ts';

/** Used on destroy when nothing else was configured; the record's default. */
const usualWindowInDays = 30;

export const awsKmsReplicaExternalKey: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    const planned: ObjectValue = {
      ...proposed,
      region: planRegion(client, config),
      tags_all: planTagsAll(client?.tags, config, prior),
      ...planImported(config, prior, proposed),
    };
    const replaces = prior !== null && findForcedReplacement(record, prior, planned).length > 0;
    const warnings = replaces && client !== undefined ? await warnOfDeletion(client, prior) : [];
    const before = [...sameRegion(planned), ...lockoutWarnings(prior, planned), ...disabledWarning(config, prior)];
    return { planned, diagnostics: [...before, ...warnings] };
  },

  planDestroy: warnOfDeletion,

  async create(client, planned) {
    const region = regionOf(client, planned);
    const key = await attempt('creating KMS Replica External Key', ['primary_key_arn'], () =>
      replicate(client, planned, region),
    );
    const place = { keyId: key.KeyId, region };
    const failures = await runSteps(firstSteps(client, place, planned));
    const known = { ...knownPart(planned), arn: key.Arn ?? null, id: key.KeyId, key_id: key.KeyId, region };
    return finish({ ...end(client, place, known, planned), failures });
  },

  async read(client, state) {
    const place = placeOf(client, state);
    return attempt(reading(place), undefined, () => readReplica(client, place, state, 'shared'));
  },

  async update(client, prior, planned) {
    const place = placeOf(client, prior);
    const failures = await runSteps(changeSteps(client, place, 'KMS Replica External Key', prior, planned));
    return finish({ ...end(client, place, { ...prior, ...unread(planned) }, planned), failures });
  },

  remove: (client, state) => scheduleDeletion(client, placeOf(client, state), 'KMS Replica External Key', state),

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

const reading = ({ keyId }: KeyPlace): string => `reading KMS Replica External Key (${keyId})`;

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
  refuseOtherOrigins(key.KeyMetadata, record.type);
  refusePrimary(key.KeyMetadata);
  return { ...state, ...attributesOf(client, key, state), region: place.region };
}

function refusePrimary({ KeyId, MultiRegionConfiguration: regions }: KeyMetadata): void {
  if (regions?.MultiRegionKeyType === 'REPLICA') return;
  throw refusal(
    KeyId,
    record.type,
    'In this Region it is not a multi-Region replica key. Manage it as aws_kms_external_key, or correct the id and its Region.',
  );
}

function attributesOf(client: Client, key: KeyConfiguration, state: ObjectValue): ObjectValue {
  const { KeyMetadata: metadata } = key;
  return {
    arn: metadata.Arn ?? null,
    description: metadata.Description || null,
    ...importedAttributes(metadata),
    id: metadata.KeyId,
    key_id: metadata.KeyId,
    key_usage: metadata.KeyUsage ?? null,
    policy: normalPolicy(key.Policy),
    primary_key_arn: metadata.MultiRegionConfiguration?.PrimaryKey?.Arn ?? null,
    ...readTags(client.tags, key.Tags, state),
  };
}
