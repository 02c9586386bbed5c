/** `aws_kms_key`. Tags and rotation come before disabling, because a disabled key refuses some changes. */
import { awsKmsKey as record } from '@keystead/provider-schema/resources/aws-kms-key.ts';
import type { Client } from '../client/client.ts';
import { DiagnosticError, type ResourceType } from '../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../engine/value.ts';
import { createKey } from './shared/create-key.ts';
import type { Step } from './shared/failures.ts';
import { importIdFromIdentity } from './shared/import-id.ts';
import { keyResource } from './shared/key-resource.ts';
import {
  accountIdOf,
  descriptionStep,
  disableStep,
  enableStep,
  type KeyMetadata,
  type KeyPlace,
  policyStep,
} from './shared/keys.ts';
import { regionOf } from './shared/region.ts';
import { numberOf, textMapOf, textOf } from './shared/values.ts';

const key = keyResource({
  record,
  title: 'KMS Key',

  plan: (config, prior, proposed) => ({ rotation_period_in_days: planRotationPeriod(config, prior, proposed) }),

  make(client, planned, region) {
    const externalKey = textOf(planned, 'xks_key_id');
    const keyStore = textOf(planned, 'custom_key_store_id');
    return createKey(client, planned, region, {
      KeySpec: textOf(planned, 'customer_master_key_spec'),
      CustomKeyStoreId: keyStore,
      XksKeyId: externalKey,
      Origin: externalKey !== undefined ? 'EXTERNAL_KEY_STORE' : keyStore !== undefined ? 'AWS_CLOUDHSM' : undefined,
    });
  },

  firstSteps: (client, place, planned) => [
    rotationStep(client, place, planned, planned.enable_key_rotation === true),
    disableStep(client, place, 'is_enabled', planned.is_enabled === false),
  ],

  changeSteps: (client, place, prior, planned) => [
    enableStep(client, place, 'is_enabled', planned.is_enabled === true && prior.is_enabled !== true),
    rotationStep(client, place, planned, rotationChanges(prior, planned)),
    descriptionStep(client, place, prior, planned),
    policyStep(client, place, prior, planned),
    rotateNowStep(client, place, prior, planned),
    disableStep(client, place, 'is_enabled', planned.is_enabled === false && prior.is_enabled !== false),
  ],

  refuse: refuseReplica,

  attributes: ({ KeyMetadata: metadata, RotationStatus: rotation }, state) => ({
    custom_key_store_id: metadata.CustomKeyStoreId ?? '',
    customer_master_key_spec: metadata.KeySpec ?? null,
    description: metadata.Description ?? '',
    enable_key_rotation: rotation.KeyRotationEnabled,
    is_enabled: metadata.Enabled ?? false,
    multi_region: metadata.MultiRegion ?? false,
    // A period without rotation exists in the configuration alone.
    rotation_period_in_days:
      (rotation.KeyRotationEnabled ? rotation.RotationPeriodInDays : undefined) ??
      numberOf(state, 'rotation_period_in_days') ??
      0,
    xks_key_id: metadata.XksKeyConfiguration?.Id ?? '',
  }),
});

export const awsKmsKey: ResourceType<Client> = {
  ...key,

  async importIdentity(client, identity) {
    return key.importState?.(client, await importIdFromIdentity(client, identity, 'id')) ?? {};
  },

  identity: (client, state) => ({
    id: textOf(state, 'id') ?? unknown,
    account_id: accountIdOf(state) ?? unknown,
    region: regionOf(client, state),
  }),
};

/**
 * Switching rotation on without a period leaves the choice to the service, also where an earlier period was switched
 * off together with the rotation. The state holds 0 for none.
 */
function planRotationPeriod(config: ObjectValue, prior: ObjectValue | null, proposed: ObjectValue): Value {
  const period = proposed.rotation_period_in_days ?? null;
  const switchesOff = proposed.enable_key_rotation === false && prior?.enable_key_rotation === true;
  if (switchesOff && (config.rotation_period_in_days ?? null) === null) return 0;
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
  // 0 stands for none in the state.
  const period = numberOf(planned, 'rotation_period_in_days') || undefined;
  return {
    doing: `${enable ? 'enabling' : 'disabling'} rotation of KMS Key (${keyId})`,
    path: ['enable_key_rotation'],
    when,
    run: () =>
      enable
        ? client.call('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays: period }, region)
        : client.call('DisableKeyRotation', { KeyId: keyId }, region),
  };
}

/** Last but for disabling, so that an update that stopped half-way seldom rotates again when it is repeated. */
function rotateNowStep(client: Client, { keyId, region }: KeyPlace, prior: ObjectValue, planned: ObjectValue): Step {
  const triggers = textMapOf(planned, 'rotation_triggers');
  const before = textMapOf(prior, 'rotation_triggers');
  const changes = triggers.size !== before.size || [...triggers].some(([name, value]) => before.get(name) !== value);
  return {
    doing: `rotating KMS Key (${keyId})`,
    path: ['rotation_triggers'],
    when: triggers.size > 0 && changes,
    run: () => client.call('RotateKeyOnDemand', { KeyId: keyId }, region),
  };
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
