/**
 * `aws_kms_key_policy`: the policy of a key that something else manages. Destroying it puts the default policy back.
 */
import { awsKmsKeyPolicy as record } from '@keystead/provider-schema/resources/aws-kms-key-policy.ts';
import type { Client } from '../client/client.ts';
import { isPendingDeletion, isServiceError } from '../client/service-error.ts';
import { findForcedReplacement } from '../engine/plan.ts';
import type { Diagnostic, ResourceType } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { attempt, runSteps } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import { keyImportId } from './shared/import-id.ts';
import { bareKeyId, findKey, type KeyPlace, parseArn, policyStep, putPolicy } from './shared/keys.ts';
import { defaultPolicy, normalPolicy, policyWarnings } from './shared/policy.ts';
import { defaultPolicyReview, plannedPolicyReview } from './shared/policy-review.ts';
import { planInRegion, regionOf } from './shared/region.ts';
import { knownPart, requireText, textOf } from './shared/values.ts';

export const awsKmsKeyPolicy: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    const isSameKey = prior !== null && proposed.key_id === prior.key_id;
    const key_id = isSameKey ? prior.key_id : bareKeyId(proposed.key_id);
    const plan = planInRegion(client, config, prior, { ...proposed, key_id: key_id ?? null });
    const warnings = await policyWarnings(client, prior, plan.planned);
    return { ...plan, diagnostics: [...warnings, ...(await reviewPlan(client, prior, plan.planned))] };
  },

  planDestroy: reviewReset,

  async create(client, planned, config) {
    const region = regionOf(client, planned);
    const keyId = requireText(config, 'key_id');
    const policy = requireText(planned, 'policy');
    await attempt(`attaching KMS Key Policy (${keyId})`, ['policy'], () =>
      putPolicy(client, { keyId, region }, policy, planned),
    );
    const known = { ...knownPart(planned), id: keyId, region };
    return finish({ ...end(client, known, planned), failures: [] });
  },

  async read(client, state) {
    return attempt(reading(state), undefined, () => readPolicy(client, state, 'shared'));
  },

  async update(client, prior, planned) {
    const failures = await runSteps([policyStep(client, placeOf(client, prior), prior, planned)]);
    const { bypass_policy_lockout_safety_check = null } = planned;
    return finish({ ...end(client, { ...prior, bypass_policy_lockout_safety_check }, planned), failures });
  },

  async remove(client, state) {
    if (state.bypass_policy_lockout_safety_check === true) return;
    const place = placeOf(client, state);
    await attempt(`resetting KMS Key Policy (${place.keyId})`, ['policy'], async () => {
      const key = await findKey(client, place, 'fresh');
      if (key === undefined) return;
      const { partition, accountId } = parseArn(key.KeyMetadata.Arn ?? '');
      try {
        await putPolicy(client, place, defaultPolicy(partition, accountId), state);
      } catch (error) {
        if (!isServiceError(error, 'NotFoundException') && !isPendingDeletion(error)) throw error;
      }
    });
  },

  async importState(client, text) {
    const { id, region } = keyImportId(record.type, text);
    return { id, key_id: id, region: region ?? client.region ?? null, bypass_policy_lockout_safety_check: false };
  },
};

/** Another key gets the policy, and this one the default policy back: Terraform plans the other for itself. */
async function reviewPlan(
  client: Client | undefined,
  prior: ObjectValue | null,
  planned: ObjectValue,
): Promise<readonly Diagnostic[]> {
  if (client === undefined) return [];
  if (prior !== null && findForcedReplacement(record, prior, planned).length > 0) return reviewReset(client, prior);
  if (planned.policy === prior?.policy) return [];
  const keyId = textOf(planned, 'key_id');
  return keyId === undefined ? [] : plannedPolicyReview(client, planned, keyId);
}

/** Destroying the resource puts the default policy back. */
async function reviewReset(client: Client, prior: ObjectValue): Promise<readonly Diagnostic[]> {
  if (prior.bypass_policy_lockout_safety_check === true) return [];
  const { keyId, region } = placeOf(client, prior);
  return defaultPolicyReview(client, keyId, region);
}

const placeOf = (client: Client, state: ObjectValue): KeyPlace => ({
  keyId: requireText(state, 'id'),
  region: regionOf(client, state),
});

const reading = (state: ObjectValue): string => `reading KMS Key Policy (${textOf(state, 'id')})`;

const end = (client: Client, known: ObjectValue, planned: ObjectValue) => ({
  planned,
  known,
  reading: reading(known),
  read: () => readPolicy(client, known, 'fresh'),
});

async function readPolicy(
  client: Client,
  state: ObjectValue,
  freshness: 'fresh' | 'shared',
): Promise<ObjectValue | null> {
  const place = placeOf(client, state);
  const key = await findKey(client, place, freshness);
  if (key === undefined) return null;
  return {
    ...state,
    key_id: key.KeyMetadata.KeyId,
    policy: normalPolicy(key.Policy),
    region: place.region,
  };
}
