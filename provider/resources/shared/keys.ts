/** What the key resources share: finding a key whole in one call, and the calls that change one. */
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../../client/client.ts';
import { isPendingDeletion, isServiceError } from '../../client/service-error.ts';
import type { ObjectValue, Value } from '../../engine/value.ts';
import { attempt, type Step } from './failures.ts';
import { normalPolicy } from './policy.ts';
import { tagChanges } from './tags.ts';
import { numberOf, textOf } from './values.ts';

export type KeyConfiguration = OutputJson<'GetKeyConfiguration'>;
export type KeyMetadata = KeyConfiguration['KeyMetadata'];

export interface KeyPlace {
  readonly keyId: string;
  readonly region: string;
}

/** A key that waits for its deletion counts as missing: Terraform makes a new one. */
const goneStates: readonly (string | undefined)[] = ['PendingDeletion', 'PendingReplicaDeletion'];

/** undefined: missing. `fresh` after changes of its own; a refresh can share an answer with other resources. */
export async function findKey(
  client: Client,
  { keyId, region }: KeyPlace,
  freshness: 'fresh' | 'shared',
): Promise<KeyConfiguration | undefined> {
  const get = freshness === 'fresh' ? client.call : client.read;
  try {
    const key = await get('GetKeyConfiguration', { KeyId: keyId }, region);
    return goneStates.includes(key.KeyMetadata.KeyState) ? undefined : key;
  } catch (error) {
    if (isServiceError(error, 'NotFoundException')) return undefined;
    throw error;
  }
}

/**
 * A missing key counts as deleted.
 * @param ifProtected what to do about a key that is protected from deletion; undefined: what its error says
 */
export async function scheduleDeletion(
  client: Client,
  place: KeyPlace,
  thing: string,
  state: ObjectValue,
  ifProtected?: string,
): Promise<void> {
  // States of the upstream provider hold 0 after the argument was removed.
  const days = numberOf(state, 'deletion_window_in_days') || undefined;
  const input = { KeyId: place.keyId, PendingWindowInDays: days };
  const schedule = async () => {
    try {
      await client.call('ScheduleKeyDeletion', input, place.region);
    } catch (error) {
      if (!isServiceError(error, 'NotFoundException') && !isPendingDeletion(error)) throw error;
    }
  };
  await attempt(`deleting ${thing} (${place.keyId})`, undefined, schedule, ifProtected);
}

/** Tags are removed first, so that a key at its limit of tags can change some. */
export function tagSteps(
  client: Client,
  { keyId, region }: KeyPlace,
  thing: string,
  prior: ObjectValue,
  planned: ObjectValue,
): readonly Step[] {
  const { remove, add } = tagChanges(client.tags, prior, planned);
  const doing = `updating tags of ${thing} (${keyId})`;
  const path = ['tags'];
  return [
    {
      doing,
      path,
      when: remove.length > 0,
      run: () => client.call('UntagResource', { KeyId: keyId, TagKeys: remove }, region),
    },
    {
      doing,
      path,
      when: add.length > 0,
      run: () => client.call('TagResource', { KeyId: keyId, Tags: add }, region),
    },
  ];
}

export function enableStep(client: Client, { keyId, region }: KeyPlace, path: string, when: boolean): Step {
  return {
    doing: `enabling KMS Key (${keyId})`,
    path: [path],
    when,
    run: () => client.call('EnableKey', { KeyId: keyId }, region),
  };
}

export function disableStep(client: Client, { keyId, region }: KeyPlace, path: string, when: boolean): Step {
  return {
    doing: `disabling KMS Key (${keyId})`,
    path: [path],
    when,
    run: () => client.call('DisableKey', { KeyId: keyId }, region),
  };
}

export function descriptionStep(
  client: Client,
  { keyId, region }: KeyPlace,
  prior: ObjectValue,
  planned: ObjectValue,
): Step {
  const description = textOf(planned, 'description') ?? '';
  return {
    doing: `updating description of KMS Key (${keyId})`,
    path: ['description'],
    when: description !== (textOf(prior, 'description') ?? ''),
    run: () => client.call('UpdateKeyDescription', { KeyId: keyId, Description: description }, region),
  };
}

export function policyStep(
  client: Client,
  { keyId, region }: KeyPlace,
  prior: ObjectValue,
  planned: ObjectValue,
): Step {
  const policy = textOf(planned, 'policy');
  return {
    doing: `updating policy of KMS Key (${keyId})`,
    path: ['policy'],
    when: policy !== undefined && policy !== textOf(prior, 'policy'),
    run: () => putPolicy(client, { keyId, region }, policy ?? '', planned),
  };
}

export function putPolicy(
  client: Client,
  { keyId, region }: KeyPlace,
  policy: string,
  object: ObjectValue,
): Promise<unknown> {
  const input = { KeyId: keyId, PolicyName: 'default', Policy: normalPolicy(policy), ...bypass(object) };
  return client.call('PutKeyPolicy', input, region);
}

/** Sent only when set: absent means checked. */
export function bypass(object: ObjectValue): { readonly BypassPolicyLockoutSafetyCheck?: true } {
  return object.bypass_policy_lockout_safety_check === true ? { BypassPolicyLockoutSafetyCheck: true } : {};
}

/** `arn:aws:kms:us-east-1:111122223333:key/…` in parts. */
export function parseArn(arn: string): {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
} {
  const [, partition = '', , region = '', accountId = '', ...resource] = arn.split(':');
  return { partition, region, accountId, resource: resource.join(':') };
}

/** The id in a key ARN, or the id itself. */
export function keyIdOf(reference: string): string {
  return reference.startsWith('arn:') ? parseArn(reference).resource.replace(/^key\//, '') : reference;
}

/** A planned key reference as the state will have it: the bare id, whether the configuration gives an ARN or not. */
export function bareKeyId(planned: Value | undefined): Value {
  return typeof planned === 'string' ? keyIdOf(planned) : (planned ?? null);
}

export function accountIdOf(state: ObjectValue): string | undefined {
  return parseArn(textOf(state, 'arn') ?? '').accountId || undefined;
}
