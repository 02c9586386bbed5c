/**
 * Applies the key state and key usage tables: the errors for operations that a key cannot serve now, or ever.
 * Source: AWS KMS Developer Guide, "Key states of AWS KMS keys"; the tables themselves are in the operation records.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Target } from '@keystead/provider-schema/records.ts';
import type { KeySpec, KeyState, KeyUsage, Origin, StateRules } from '@keystead/provider-schema/vocabulary.ts';

/** The part of a key that the checks of its state and usage need. */
export interface JudgedKey {
  readonly arn: string;
  readonly shared: { readonly key_spec: KeySpec; readonly key_usage: KeyUsage; readonly origin: Origin };
  readonly regional: { readonly state: KeyState };
}

/** @throws KmsError with the code the rules name and the state's own text. */
export function requireKeyState(rules: StateRules, key: JudgedKey): void {
  const { state } = key.regional;
  const rule = rules[state];
  if (rule === 'ok') return;
  if (rule === 'UnsupportedOperationException') throw unsupportedOrigin(key);
  // The developer guide has another text for external key stores.
  const external = state === 'Unavailable' && rules.Enabled === 'ok' && key.shared.origin === 'EXTERNAL_KEY_STORE';
  throw new KmsError(rule, external ? messages.xksNotConnected : messages.stateForbids(key.arn, rules, state));
}

/** @throws KmsError InvalidKeyUsageException when the key's usage or spec does not fit the operation. */
export function requireKeyUsage(
  target: Pick<Extract<Target, { kind: 'key' }>, 'usages' | 'keySpecs'>,
  key: JudgedKey,
  operationName: string,
): void {
  const { key_usage: usage, key_spec: spec } = key.shared;
  if (target.usages && !target.usages.includes(usage)) {
    throw new KmsError('InvalidKeyUsageException', messages.keyUsageNotValid(key.arn, usage, operationName));
  }
  if (target.keySpecs && !target.keySpecs.includes(spec)) {
    throw new KmsError('InvalidKeyUsageException', messages.keySpecNotValid(key.arn, spec));
  }
}

/** The error for a key whose origin the operation does not support. */
export function unsupportedOrigin(key: Pick<JudgedKey, 'arn' | 'shared'>): KmsError {
  return new KmsError('UnsupportedOperationException', messages.originNotValid(key.arn, key.shared.origin));
}
