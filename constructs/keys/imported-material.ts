/** What a key with imported key material and its replicas have in common: the material, and how long it stays. */
import type { IConstruct } from 'constructs';
import { Token } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';
import type { KeyOptions } from './key-props.ts';
import { type SecretInput, secretText } from './secret-input.ts';

export interface ExternalKeyOptions extends KeyOptions {
  /**
   * The key material in base64: 32 bytes of a symmetric key, 28 to 64 of an HMAC key, PKCS#8 DER of a private key. It is
   * in no plan and no state; Terraform or OpenTofu 1.11 or newer. A replica needs its primary's.
   * @default - none: the key waits for an import by hand
   * @example SecretInput.fromBinaryFile('secrets/key-material.bin')
   */
  readonly keyMaterial?: SecretInput;
  /**
   * Any text that stands for the key material. Changing it replaces the key.
   * @default '1'
   * @example '2026'
   */
  readonly keyMaterialVersion?: string;
  /**
   * When the key material expires, RFC 3339 in UTC.
   * @default - never
   * @example '2027-01-01T00:00:00Z'
   */
  readonly validTo?: string;
}

/** The arguments of both resources. A key with material is enabled unless it says otherwise. */
export function importArguments(at: IConstruct, options: ExternalKeyOptions) {
  const { keyMaterial, keyMaterialVersion, validTo, enabled } = options;
  if (validTo !== undefined && !Token.isUnresolved(validTo)) requireTime(at, validTo);
  if (keyMaterial === undefined) {
    if (keyMaterialVersion !== undefined) {
      refuse(at, 'keyMaterialVersion is given without keyMaterial.', 'Give both or leave both out.');
    }
    return { enabled, validTo };
  }
  return {
    keyMaterialBase64Wo: secretText(at, keyMaterial),
    keyMaterialBase64WoVersion: keyMaterialVersion ?? '1',
    enabled: enabled ?? true,
    validTo,
  };
}

function requireTime(at: IConstruct, validTo: string): void {
  const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(validTo);
  if (written && !Number.isNaN(Date.parse(validTo))) return;
  refuse(at, `validTo is "${validTo}".`, 'Write a time such as 2027-01-01T00:00:00Z.');
}
