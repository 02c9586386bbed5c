/**
 * What AWS KMS would refuse about a key, found before Terraform runs. Every rule reads the contract's tables, so a new
 * key spec or limit needs no change here. Source: API reference, CreateKey, EnableKeyRotation, CreateGrant.
 */
import { keySpecRow, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Origin as KeyOrigin, KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import type { IConstruct } from 'constructs';
import { Token } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';

export type { KeyOrigin, KeySpec, KeyUsage };

/** Refuses with the finding, if there is one. */
export function refuseOn(at: IConstruct, found: Finding | undefined): void {
  if (found !== undefined) refuse(at, ...found);
}

/** A problem and what to do about it, ready for `refuse`. */
export type Finding = readonly [problem: string, remedy: string];

/** A number that is known before Terraform runs. */
export function known(days: number | undefined): number | undefined {
  return Token.isUnresolved(days) ? undefined : days;
}

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

/** API reference, CreateKey: what a key of a custom key store can be. */
export function keyStoreFinding(
  keySpec: KeySpec,
  multiRegion: boolean | undefined,
  rotates: boolean,
): Finding | undefined {
  if (keySpec !== 'SYMMETRIC_DEFAULT') {
    return finding(`A custom key store cannot hold ${keySpec} keys.`, 'Leave keySpec or customKeyStore out.');
  }
  if (multiRegion === true) {
    return finding('A custom key store cannot hold multi-Region keys.', 'Leave multiRegion or customKeyStore out.');
  }
  if (!rotates) return undefined;
  return finding(
    'Keys of a custom key store do not rotate automatically.',
    'Leave out enableKeyRotation and rotationPeriodInDays; make a new key and move its alias instead.',
  );
}

/** Developer guide, "Importing key material": the key specs it exists for. */
export function importFinding(keySpec: KeySpec): Finding | undefined {
  if (keySpecRow(keySpec).importable) return undefined;
  return finding(`Key material of ${keySpec} keys cannot be imported.`, 'Declare a Key, or choose another key spec.');
}

/** Only asymmetric keys have one. */
export function publicKeyFinding(keySpec: KeySpec | undefined): Finding | undefined {
  if (keySpec === undefined || keySpecRow(keySpec).type === 'asymmetric') return undefined;
  return finding(`A ${keySpec} key has no public key.`, 'Declare a key with an asymmetric key spec.');
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
