/** Attributes that several resources share. */
import { keySpecs } from '../key-specs.ts';
import { limits } from '../limits.ts';
import type { KeyUsage } from '../records.ts';
import type { AttributeRecord } from '../terraform.ts';

/** Known after apply and then for life. */
export const stableString = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  computed: true,
  stable: true,
});

export const computedString = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  computed: true,
});

export const id = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  optional: true,
  computed: true,
  stable: true,
});

export const region: AttributeRecord = {
  type: 'string',
  description: 'Region the object is managed in. Defaults to the region of the provider configuration.',
  optional: true,
  computed: true,
  stable: true,
  forcesReplacement: true,
};

export const dataRegion: AttributeRecord = {
  type: 'string',
  description: 'Region to read from. Defaults to the region of the provider configuration.',
  optional: true,
  computed: true,
};

export const bypassPolicyLockoutSafetyCheck: AttributeRecord = {
  type: 'bool',
  description: 'Whether to skip the check that the policy lets the caller change it again. Never read back.',
  optional: true,
  computed: true,
  default: false,
};

export const deletionWindow = {
  type: 'number',
  description: `Days the key waits before it is deleted, ${limits.pendingWindowInDays.min} to ${limits.pendingWindowInDays.max}. Used on destroy.`,
  optional: true,
  validators: [{ check: 'range', min: limits.pendingWindowInDays.min, max: limits.pendingWindowInDays.max }],
} as const satisfies AttributeRecord;

/** Optional and computed: taking it out of the configuration keeps the policy in force. */
export const optionalPolicy: AttributeRecord = {
  type: 'string',
  description: 'Key policy, a JSON document. The default policy when absent.',
  optional: true,
  computed: true,
  stable: true,
  equivalence: 'policy-document',
  validators: [{ check: 'json' }],
};

export const tags: AttributeRecord = {
  type: ['map', 'string'],
  description: 'Tags of the key. With default_tags of the provider, tags with the same key overwrite those.',
  optional: true,
  equivalence: 'empty-is-null',
};

export const tagsAll: AttributeRecord = {
  type: ['map', 'string'],
  description: 'All tags of the key, those from default_tags included.',
  optional: true,
  computed: true,
};

export const descriptionLength = { check: 'length', min: 0, max: 8192 } as const;

export const keySpecNames: readonly string[] = Object.keys(keySpecs);

export const keyUsages: readonly KeyUsage[] = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
];
