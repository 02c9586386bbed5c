/**
 * What a plan says of keys that will not work any more, before anybody approves it: who used the key lately and for what,
 * which aliases and replicas depend on it, and who holds grants. Terraform shows only the first of several warnings with
 * one summary, so the summary of each that matters names its key.
 */
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Client } from '../../client/client.ts';
import type { Diagnostic, PathStep } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import type { KeyPlace } from './keys.ts';
import { findingOf, namesOf, type Reviewed, refusal, reviewChange, useLine, useLines } from './plan-review.ts';
import { numberOf, textOf } from './values.ts';

type Path = readonly PathStep[];

/** @param forced the arguments that force the replacement; absent: the key is destroyed */
export async function deletionReview(
  client: Client | undefined,
  place: KeyPlace,
  prior: ObjectValue,
  forced?: readonly Path[],
): Promise<readonly Diagnostic[]> {
  const path = forced?.[0];
  const change = { Operation: 'ScheduleKeyDeletion', KeyId: place.keyId } as const;
  const reviewed = await reviewChange(client, change, place.region, path);
  if (reviewed === undefined || reviewed.isMissing) return [];
  const inUse = reviewed.findings.length > 0;
  const what = forced === undefined ? 'deleted' : 'replaced';
  return [
    ...reviewed.gaps,
    {
      severity: inUse ? reviewed.severity : 'warning',
      summary: inUse ? `KMS Key (${place.keyId}) is in use and will be ${what}` : `A KMS key will be ${what}`,
      detail: lines(
        ...deletionLines(place, prior),
        ...(forced === undefined ? [] : replacementLines(forced)),
        ...dependentLines(reviewed),
        ...lastUseLines(reviewed),
        ...refusalLines(reviewed),
      ),
      ...(path === undefined ? {} : { path }),
    },
  ];
}

/** @param argument `is_enabled` or `enabled` */
export async function disablingReview(
  client: Client | undefined,
  place: KeyPlace,
  prior: ObjectValue,
  argument: string,
): Promise<readonly Diagnostic[]> {
  const change = { Operation: 'DisableKey', KeyId: place.keyId } as const;
  const reviewed = await reviewChange(client, change, place.region, [argument]);
  if (reviewed === undefined) return [];
  if (reviewed.findings.length === 0) return reviewed.gaps;
  return [
    ...reviewed.gaps,
    {
      severity: reviewed.severity,
      summary: `KMS Key (${place.keyId}) is in use and will be disabled`,
      detail: lines(
        `${nameOf(place, prior)} stops working as soon as this plan is applied, until ${argument} = true.`,
        ...dependentLines(reviewed),
        ...lastUseLines(reviewed),
        ...refusalLines(reviewed),
      ),
      path: [argument],
    },
  ];
}

/** Imported key material that will expire earlier, or expire at all. */
export async function expiryReview(
  client: Client | undefined,
  place: KeyPlace,
  prior: ObjectValue,
  validTo: string,
): Promise<readonly Diagnostic[]> {
  const change = { Operation: 'ImportKeyMaterial', KeyId: place.keyId } as const;
  const reviewed = await reviewChange(client, change, place.region, ['valid_to']);
  if (reviewed === undefined) return [];
  const before = textOf(prior, 'valid_to');
  return [
    ...reviewed.gaps,
    {
      severity: reviewed.findings.length > 0 ? reviewed.severity : 'warning',
      summary: `The key material of KMS Key (${place.keyId}) will expire earlier`,
      detail: lines(
        `${nameOf(place, prior)} stops working at ${validTo}; ` +
          `${before === undefined ? 'its material does not expire now' : `now its material expires at ${before}`}. ` +
          'Import the material again with a later valid_to before that time.',
        ...lastUseLines(reviewed),
        ...refusalLines(reviewed),
      ),
      path: ['valid_to'],
    },
  ];
}

/** A shorter waiting period leaves less time to notice that a key is missed. No request: the plan has both. */
export function windowWarnings(
  client: Client | undefined,
  prior: ObjectValue,
  planned: ObjectValue,
): readonly Diagnostic[] {
  const unsafeChanges = client?.reviews?.unsafeChanges;
  const [before, after] = [windowOf(prior), windowOf(planned)];
  if (unsafeChanges === undefined || planned.deletion_window_in_days === undefined || after >= before) return [];
  const refuses = unsafeChanges === 'refuse';
  return [
    {
      severity: refuses ? 'error' : 'warning',
      summary: 'The deletion window of a KMS key becomes shorter',
      detail: lines(
        `If the key is destroyed, it can be brought back for ${after} days, no longer for ${before}. Set ` +
          `deletion_window_in_days = ${before} to keep the time.`,
        ...(refuses ? ['', refusal] : []),
      ),
      path: ['deletion_window_in_days'],
    },
  ];
}

/** States of the upstream provider hold 0 after the argument was removed. */
const windowOf = (object: ObjectValue): number =>
  numberOf(object, 'deletion_window_in_days') || limits.pendingWindowInDays.default;

const lines = (...all: readonly string[]): string => all.join('\n');
const nameOf = ({ keyId }: KeyPlace, prior: ObjectValue): string => textOf(prior, 'arn') ?? keyId;

function deletionLines(place: KeyPlace, prior: ObjectValue): readonly string[] {
  const isReplica = textOf(prior, 'primary_key_arn') !== undefined;
  const loss = isReplica
    ? 'Its related keys in other Regions can still decrypt what it encrypted.'
    : 'Everything that is encrypted under it is lost with it.';
  return [
    `${nameOf(place, prior)} stops working as soon as this plan is applied, and is gone after ${windowOf(prior)} days. ${loss}`,
    'Until then these commands bring it back:',
    `  aws kms cancel-key-deletion --region ${place.region} --key-id ${place.keyId}`,
    `  aws kms enable-key --region ${place.region} --key-id ${place.keyId}`,
  ];
}

function replacementLines(forced: readonly Path[]): readonly string[] {
  const names = [...new Set(forced.map((path) => String(path[0])))];
  const isMaterial = names.some((name) => name.startsWith('key_material_base64'));
  return [
    `The change of ${names.join(', ')} makes a new key in its place` +
      `${isMaterial ? ', which cannot decrypt what this one encrypted, whatever material it imports' : ''}.`,
  ];
}

function dependentLines(reviewed: Reviewed): readonly string[] {
  const line = (type: Parameters<typeof findingOf>[1], text: string) => {
    const finding = findingOf(reviewed, type);
    return finding === undefined ? [] : [`${text} (${finding.Total}): ${namesOf(finding)}`];
  };
  return [
    ...line('HasAliases', 'Aliases that point to it'),
    ...line('HasGrants', 'Live grants, by grantee'),
    ...line('HasReplicas', 'Replicas, which must be deleted first'),
  ];
}

function lastUseLines(reviewed: Reviewed): readonly string[] {
  const { lastUse, denied, gaps, recentUseInDays: days } = reviewed;
  const used = findingOf(reviewed, 'RecentlyUsed');
  if (used !== undefined) return [`Used in the last ${days} days by:`, ...useLines(used)];
  if (lastUse !== undefined) return [`Last use, more than ${days} days ago: ${useLine(lastUse)}`];
  const isKnown = denied === undefined && gaps.length === 0;
  return [isKnown ? 'Last use: never.' : 'Last use: unknown, because it could not be read.'];
}

const refusalLines = ({ severity, findings }: Reviewed): readonly string[] =>
  severity === 'error' && findings.length > 0 ? ['', refusal] : [];
