/**
 * What AWS KMS would refuse about a key, found before Terraform runs. Every rule reads the contract's tables, so a new
 * key spec or limit needs no change here. Source: API reference, CreateKey, EnableKeyRotation, CreateGrant.
 */
import { keySpecRow, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';

export type { KeySpec, KeyUsage };

/** A problem and what to do about it, ready for `refuse`. */
export type Finding = readonly [problem: string, remedy: string];

/** The usages that a key spec can have. */
export function usagesOf(keySpec: KeySpec): KeyUsage[] {
  return Object.keys(keySpecRow(keySpec).algorithms) as KeyUsage[];
}

/** The usage of a key that names none: the contract's default, or the spec's only one. */
export function defaultUsage(keySpec: KeySpec): KeyUsage | undefined {
  const usages = usagesOf(keySpec);
  return keySpecRow(keySpec).defaultUsage ?? (usages.length === 1 ? usages[0] : undefined);
}

export function specFinding(keySpec: string): Finding | undefined {
  if (Object.hasOwn(keySpecs, keySpec)) return undefined;
  return [`"${keySpec}" is not a key spec.`, `Choose one of ${Object.keys(keySpecs).join(', ')}.`];
}

export function usageFinding(keySpec: KeySpec, keyUsage: KeyUsage | undefined): Finding | undefined {
  const usages = usagesOf(keySpec);
  if (keyUsage !== undefined && usages.includes(keyUsage)) return undefined;
  const problem =
    keyUsage === undefined
      ? `A ${keySpec} key needs its usage named.`
      : `A ${keySpec} key cannot have the usage ${keyUsage}.`;
  return [problem, `Set keyUsage to ${usages.join(' or ')}.`];
}

export function rotationFinding(keySpec: KeySpec, enabled: boolean | undefined, periodInDays: number | undefined) {
  if (enabled === false && periodInDays !== undefined) {
    return finding('rotationPeriodInDays is set while enableKeyRotation is false.', 'Leave one of them out.');
  }
  const rotates = enabled === true || periodInDays !== undefined;
  if (rotates && !keySpecRow(keySpec).rotatable) {
    return finding(
      `AWS KMS does not rotate ${keySpec} keys automatically.`,
      'Leave out enableKeyRotation and rotationPeriodInDays; make a new key and move its alias instead.',
    );
  }
  return rangeFinding('rotationPeriodInDays', periodInDays, limits.rotationPeriodInDays);
}

export function rotationTriggersFinding(keySpec: KeySpec, triggers: object | undefined): Finding | undefined {
  if (triggers === undefined || keySpecRow(keySpec).rotatable) return undefined;
  return finding(
    `AWS KMS does not rotate ${keySpec} keys on demand.`,
    'Leave out rotationTriggers; make a new key and move its alias instead.',
  );
}

export function pendingWindowFinding(pendingWindowInDays: number | undefined): Finding | undefined {
  return rangeFinding('pendingWindowInDays', pendingWindowInDays, limits.pendingWindowInDays);
}

export function policySizeFinding(sizeInBytes: number): Finding | undefined {
  if (sizeInBytes <= limits.policyInBytes) return undefined;
  return [
    `The key policy takes at least ${sizeInBytes} bytes; AWS KMS allows ${limits.policyInBytes}.`,
    'Give access through grants or IAM policies instead of naming every principal in the key policy.',
  ];
}

/** The part of the policy limit from which a stack is warned. */
export const policyWarningInBytes = Math.floor(limits.policyInBytes * 0.9);

/** Does a key of this spec and usage support what the action does? Actions that touch no key material always fit. */
export function actionFits(action: string, keySpec: KeySpec, keyUsage: KeyUsage): boolean {
  // Only asymmetric keys have a public key, whatever their usage.
  if (action === 'kms:GetPublicKey') return keySpecRow(keySpec).type === 'asymmetric';
  const records: readonly OperationRecord[] = Object.values(operations);
  const targets = records.flatMap((record) => record.targets).filter((target) => target.action === action);
  return targets.every((target) => {
    if (target.kind !== 'key') return true;
    return (target.usages?.includes(keyUsage) ?? true) && (target.keySpecs?.includes(keySpec) ?? true);
  });
}

function rangeFinding(
  name: string,
  value: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): Finding | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return undefined;
  return [`${name} is ${value}.`, `Give a whole number of days from ${min} to ${max}.`];
}

function finding(problem: string, remedy: string): Finding {
  return [problem, remedy];
}
