/**
 * What all resources for KMS keys have in common: plan, create, read, update, delete, import. Each resource states only
 * what differs, as a `KeyTraits`. Which attributes it has is read from its record.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { Client } from '../../client/client.ts';
import { findForcedReplacement } from '../../engine/plan.ts';
import type { Diagnostic, PathStep, ResourceType } from '../../engine/resource.ts';
import { type ObjectValue, unknown } from '../../engine/value.ts';
import { adoptKey } from './adopt-key.ts';
import { constructRemedy, protectionStep, readProtection, refuseDeletion } from './deletion-protection.ts';
import { attempt, runSteps, type Step } from './failures.ts';
import { finish } from './finish.ts';
import { keyImportId } from './import-id.ts';
import { deletionReview, disablingReview, expiryReview, windowWarnings } from './key-loss.ts';
import { findKey, type KeyConfiguration, type KeyMetadata, type KeyPlace, scheduleDeletion, tagSteps } from './keys.ts';
import { normalPolicy, policyWarnings } from './policy.ts';
import { plannedPolicyReview } from './policy-review.ts';
import { planInRegion, regionOf } from './region.ts';
import { planTagsAll, readTags, withoutHiddenTags } from './tags.ts';
import { knownPart, requireText, textOf } from './values.ts';

export interface KeyTraits {
  readonly record: TerraformRecord;
  /** In diagnostics: `KMS Replica Key`. */
  readonly title: string;
  /** Planned values of attributes that other keys lack. */
  plan?(config: ObjectValue, prior: ObjectValue | null, proposed: ObjectValue): ObjectValue;
  /** Errors at plan time. */
  errors?(planned: ObjectValue): readonly Diagnostic[];
  /** Warnings at plan time, beside those about the policy and deletion. */
  warnings?(config: ObjectValue, prior: ObjectValue | null): readonly Diagnostic[];
  /** The call that makes the key. */
  make(client: Client, planned: ObjectValue, region: string): Promise<KeyMetadata>;
  /** The argument at fault when `make` fails and the service names no other. */
  readonly makePath?: readonly PathStep[];
  /** The calls right after the key is made. */
  firstSteps(client: Client, place: KeyPlace, planned: ObjectValue, config: ObjectValue): readonly Step[];
  /** The calls of an update, in their order, without those for tags. */
  changeSteps(
    client: Client,
    place: KeyPlace,
    prior: ObjectValue,
    planned: ObjectValue,
    config: ObjectValue,
  ): readonly Step[];
  /** @throws DiagnosticError for a key that this resource cannot manage */
  refuse(metadata: KeyMetadata): void;
  /** Attributes beside those that all keys have. */
  attributes(key: KeyConfiguration, state: ObjectValue): ObjectValue;
}

/** The resource with these traits and the calls that all keys share. */
export function keyResource(traits: KeyTraits): ResourceType<Client> {
  const { record, title } = traits;
  const reading = ({ keyId }: KeyPlace): string => `reading ${title} (${keyId})`;
  const finishAt = (
    client: Client,
    place: KeyPlace,
    known: ObjectValue,
    planned: ObjectValue,
    failures: readonly Diagnostic[],
  ) =>
    finish({
      planned: withoutHiddenTags(client.tags, planned),
      known,
      failures,
      reading: reading(place),
      read: () => readKey(traits, client, place, known, 'fresh'),
    });

  /** Tags that depend on values which became known only now come last. */
  const stepsOfUpdate = (
    client: Client,
    place: KeyPlace,
    prior: ObjectValue,
    planned: ObjectValue,
    config: ObjectValue,
  ) => {
    const tags = tagSteps(client, place, title, prior, planned);
    const changes = traits.changeSteps(client, place, prior, planned, config);
    const inOrder = planned.tags_all === unknown ? [...changes, ...tags] : [...tags, ...changes];
    return [...inOrder, protectionStep(client, place, prior, planned)];
  };

  return {
    record,
    plan: (input) => planKey(traits, input),
    planDestroy: (client, prior) => reviewDeletion(traits, client, prior),

    async create(client, planned, config) {
      const region = regionOf(client, planned);
      if (textOf(planned, 'adopt_pending_deletion') !== undefined) {
        const { place, prior, target } = await adoptKey(traits, client, planned, region, (at, key) =>
          stateOf(traits, client, at, key, knownPart(planned)),
        );
        const failures = await runSteps(stepsOfUpdate(client, place, prior, target, config));
        return finishAt(client, place, { ...prior, ...unread(record, planned) }, planned, failures);
      }
      const key = await attempt(`creating ${title}`, traits.makePath, () => traits.make(client, planned, region));
      const place = { keyId: key.KeyId, region };
      const failures = await runSteps([
        ...traits.firstSteps(client, place, planned, config),
        protectionStep(client, place, null, planned),
      ]);
      const known = { ...knownPart(planned), arn: key.Arn ?? null, ...idsOf(record, key), region };
      return finishAt(client, place, known, planned, failures);
    },

    async read(client, state) {
      const place = placeOf(client, state);
      return attempt(reading(place), undefined, () => readKey(traits, client, place, state, 'shared'));
    },

    async update(client, prior, planned, config) {
      const place = placeOf(client, prior);
      const failures = await runSteps(stepsOfUpdate(client, place, prior, planned, config));
      return finishAt(client, place, { ...prior, ...unread(record, planned) }, planned, failures);
    },

    remove: (client, state) => scheduleDeletion(client, placeOf(client, state), title, state, constructRemedy(state)),

    async importState(client, text) {
      const { id, region } = keyImportId(record.type, text);
      return {
        id,
        region: region ?? client.region ?? null,
        bypass_policy_lockout_safety_check: false,
        ...importedWindow(record),
      };
    },
  };
}

const placeOf = (client: Client, state: ObjectValue): KeyPlace => ({
  keyId: requireText(state, 'id'),
  region: regionOf(client, state),
});

async function planKey(
  traits: KeyTraits,
  { config, prior, proposed, client }: Parameters<NonNullable<ResourceType<Client>['plan']>>[0],
) {
  const { planned, requiresReplace } = planInRegion(client, config, prior, {
    ...proposed,
    tags_all: planTagsAll(client?.tags, config, prior),
    ...traits.plan?.(config, prior, proposed),
  });
  const forced = [...findForcedReplacement(traits.record, prior, planned), ...requiresReplace];
  const reviewed = await reviewPlan(traits, client, prior, planned, forced);
  const errors = traits.errors?.(planned) ?? [];
  const warnings = traits.warnings?.(config, prior) ?? [];
  const ofPolicy = await policyWarnings(client, prior, planned);
  return { planned, requiresReplace, diagnostics: [...errors, ...ofPolicy, ...warnings, ...reviewed] };
}

/** What the plan would break; only what it changes is asked about. A replacement is planned again, as a new key. */
async function reviewPlan(
  traits: KeyTraits,
  client: Client | undefined,
  prior: ObjectValue | null,
  planned: ObjectValue,
  forced: readonly (readonly PathStep[])[],
): Promise<readonly Diagnostic[]> {
  if (prior !== null && forced.length > 0) return reviewDeletion(traits, client, prior, forced);
  if (client === undefined) return [];
  if (prior === null) return plannedPolicyReview(client, planned);
  const place = placeOf(client, prior);
  const switches = ['is_enabled', 'enabled'].filter((name) => Object.hasOwn(traits.record.attributes, name));
  const disabling = switches.filter((name) => prior[name] === true && planned[name] === false);
  const expiry = earlierExpiry(prior, planned);
  const reviews = await Promise.all([
    ...disabling.map((name) => disablingReview(client, place, prior, name)),
    ...(expiry === undefined ? [] : [expiryReview(client, place, prior, expiry)]),
    ...(planned.policy === prior.policy ? [] : [plannedPolicyReview(client, planned, place.keyId)]),
  ]);
  return [...reviews.flat(), ...windowWarnings(client, prior, planned)];
}

/** `valid_to`, if it becomes earlier than it was, or is new. */
function earlierExpiry(prior: ObjectValue, planned: ObjectValue): string | undefined {
  const [before, after] = [textOf(prior, 'valid_to'), textOf(planned, 'valid_to')];
  if (after === undefined || prior.key_state === 'PendingImport') return undefined;
  return before === undefined || Date.parse(after) < Date.parse(before) ? after : undefined;
}

/** Of a plan that destroys or replaces the key. A protected key is refused, whatever the review would say. */
async function reviewDeletion(
  { title }: KeyTraits,
  client: Client | undefined,
  prior: ObjectValue,
  replacedBy?: readonly (readonly PathStep[])[],
): Promise<readonly Diagnostic[]> {
  const refused = await refuseDeletion({ title, client, prior, ...defined({ replacedBy }) });
  if (refused.length > 0 || client === undefined) return refused;
  return deletionReview(client, placeOf(client, prior), prior, replacedBy);
}

async function readKey(
  traits: KeyTraits,
  client: Client,
  place: KeyPlace,
  state: ObjectValue,
  freshness: 'fresh' | 'shared',
): Promise<ObjectValue | null> {
  const key = await findKey(client, place, freshness);
  return key === undefined ? null : stateOf(traits, client, place, key, state);
}

/**
 * What the service says of the key, beside what only the state knows.
 * @throws DiagnosticError for a key that the resource cannot manage
 */
function stateOf(
  traits: KeyTraits,
  client: Client,
  place: KeyPlace,
  key: KeyConfiguration,
  state: ObjectValue,
): ObjectValue {
  traits.refuse(key.KeyMetadata);
  return {
    ...state,
    ...traits.attributes(key, state),
    arn: key.KeyMetadata.Arn ?? null,
    ...idsOf(traits.record, key.KeyMetadata),
    key_usage: key.KeyMetadata.KeyUsage ?? null,
    deletion_protection: readProtection(key, state),
    policy: normalPolicy(key.Policy),
    ...readTags(client.tags, key.Tags, state),
    region: place.region,
  };
}

/** `key_id` repeats `id` where the upstream resource has it. */
function idsOf({ attributes }: TerraformRecord, { KeyId }: KeyMetadata): ObjectValue {
  return attributes.key_id === undefined ? { id: KeyId } : { id: KeyId, key_id: KeyId };
}

/** Attributes that are never read, and tags, of which reading needs the configured ones: as planned. */
function unread({ attributes, blocks = {} }: TerraformRecord, planned: ObjectValue): ObjectValue {
  const names = [
    'adopt_pending_deletion',
    'bypass_policy_lockout_safety_check',
    'deletion_window_in_days',
    'tags',
    'timeouts',
  ];
  const own = [...names, ...inState(attributes)].filter(
    (name) => Object.hasOwn(attributes, name) || Object.hasOwn(blocks, name),
  );
  return Object.fromEntries(own.map((name) => [name, planned[name] ?? null]));
}

const inState = (attributes: TerraformRecord['attributes']): readonly string[] =>
  Object.keys(attributes).filter((name) => attributes[name]?.inState);

/** The window is used on destroy when nothing else is configured; where the record has no default it stays unset. */
function importedWindow({ attributes }: TerraformRecord): ObjectValue {
  const days = attributes.deletion_window_in_days?.default;
  return typeof days === 'number' ? { deletion_window_in_days: days } : {};
}
