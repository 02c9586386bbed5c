/** Attributes that several resources share. */
import { defined } from './defined.ts';
import { keySpecs } from './key-specs.ts';
import { limits } from './limits.ts';
import type { AttributeRecord, Validator } from './terraform.ts';
import type { KeyState, KeyUsage } from './vocabulary.ts';

/** Known after apply; never changes then. */
export const stableString = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  computed: true,
  stable: true,
  refinement: { notNull: true },
});

export const stableArn = (description: string): AttributeRecord => ({
  ...stableString(description),
  refinement: { notNull: true, prefix: 'arn:' },
});

export const computedString = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  computed: true,
});

export const id = (description: string): AttributeRecord => ({
  ...stableString(description),
  optional: true,
});

export const region: AttributeRecord = {
  type: 'string',
  description: 'Region the object is in. Defaults to the region of the provider configuration.',
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
  description: 'Whether to accept a policy that does not let the caller change it again. Used when the policy is put.',
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

/** Id of a data source: Terraform's tests and old configurations set it, nothing reads it. */
export const dataId = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  optional: true,
  computed: true,
});

export const dataTags: AttributeRecord = {
  type: ['map', 'string'],
  description: 'Tags, without those that ignore_tags hides.',
  optional: true,
  computed: true,
};

/** Optional and computed: the policy stays in force when the configuration no longer has the attribute. */
export const optionalPolicy: AttributeRecord = {
  type: 'string',
  description:
    'Key policy, a JSON document. Absent: the default policy at first, which lets policies of the account decide; later, the one in force.',
  optional: true,
  computed: true,
  stable: true,
  equivalence: 'policy-document',
  validators: [{ check: 'json' }],
};

export const tags: AttributeRecord = {
  type: ['map', 'string'],
  description: 'Tags of the key. They overwrite those with the same name in default_tags of the provider.',
  optional: true,
  hideable: true,
};

export const tagsAll: AttributeRecord = {
  type: ['map', 'string'],
  description: 'All tags of the key, including those from default_tags.',
  optional: true,
  computed: true,
};

/** Not in the upstream provider, which always creates a new key. */
export const adoptPendingDeletion: AttributeRecord = {
  type: 'string',
  own: true,
  description:
    'Id or ARN of a key that waits for its deletion: create cancels the deletion and manages this key instead of a new one. Used on create only.',
  optional: true,
  validators: [{ check: 'key-id-or-arn' }],
};

/**
 * Not in the upstream provider. Absent is false, and not a default: states that lack it must plan without changes.
 */
export const deletionProtection: AttributeRecord = {
  type: 'bool',
  own: true,
  description:
    'Whether the key is protected from deletion: plans that destroy or replace it are refused, and so is its deletion by other clients. Default false.',
  optional: true,
};

/** Not in the upstream provider. The constructs fill it, so that the refusal of a plan can name what is in their code. */
export const constructPath: AttributeRecord = {
  type: 'string',
  own: true,
  description:
    'Path of the CDK construct that declares the key, such as stack/orders/key. It is kept in the state alone, and named when a plan is refused that destroys or replaces the protected key.',
  optional: true,
  inState: true,
  validators: [{ check: 'length', max: 2048 }],
};

export const primaryKeyArn: AttributeRecord = {
  type: 'string',
  description: 'ARN of the primary key, which is in another Region.',
  required: true,
  forcesReplacement: true,
  validators: [{ check: 'arn' }],
};

export const descriptionLength = { check: 'length', min: 0, max: 8192 } as const;

export const keySpecNames: readonly string[] = Object.keys(keySpecs);

export const keyUsages: readonly KeyUsage[] = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
];

const keyStates: readonly KeyState[] = [
  'Creating',
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingImport',
  'PendingReplicaDeletion',
  'Unavailable',
  'Updating',
];
const base64: Validator = {
  check: 'pattern',
  pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
  meaning: 'standard base64',
};

/**
 * `<name>_wo`, an argument that neither a plan nor a state ever holds, and `<name>_wo_version`: Terraform sees a new
 * value only by a change of the version. It is not marked sensitive: Terraform shows no write-only value, and a mark that
 * the state of another provider lacks is a change in the first plan.
 */
export function writeOnly<Name extends string>(
  name: Name,
  subject: string,
  rules: {
    /** What a change of the version does, as the end of "Changing it". */
    readonly change: string;
    readonly own?: true;
    readonly value?: Pick<AttributeRecord, 'validators' | 'exactlyOneOf' | 'conflictsWith'>;
    readonly version?: Pick<AttributeRecord, 'forcesReplacement' | 'writeOnlyVersion'>;
  },
): Readonly<Record<`${Name}_wo` | `${Name}_wo_version`, AttributeRecord>> {
  const own = defined({ own: rules.own });
  const value: AttributeRecord = {
    type: 'string',
    description: `${subject} It is never stored. Needs Terraform or OpenTofu 1.11 or newer.`,
    optional: true,
    writeOnly: true,
    requiredWith: [`${name}_wo_version`],
    ...own,
    ...rules.value,
  };
  const version: AttributeRecord = {
    type: 'string',
    description: `Any text that stands for the value of ${name}_wo. Changing it ${rules.change}.`,
    optional: true,
    requiredWith: [`${name}_wo`],
    ...own,
    ...rules.version,
  };
  return { [`${name}_wo`]: value, [`${name}_wo_version`]: version } as Readonly<
    Record<`${Name}_wo` | `${Name}_wo_version`, AttributeRecord>
  >;
}

/** Keys with imported key material, single- and multi-Region, primary and replica. */
export const externalKeyAttributes = {
  deletion_window_in_days: { ...deletionWindow, computed: true, default: limits.pendingWindowInDays.default },
  description: {
    type: 'string',
    description: 'Description of the key.',
    optional: true,
    validators: [descriptionLength],
  },
  enabled: {
    type: 'bool',
    description: 'Whether the key can be used. A key that gets key material and leaves this out ends up disabled.',
    optional: true,
    computed: true,
  },
  expiration_model: computedString(
    'KEY_MATERIAL_EXPIRES, KEY_MATERIAL_DOES_NOT_EXPIRE, or empty while there is no key material.',
  ),
  key_material_base64: {
    type: 'string',
    description: 'Key material to import, in base64. It is stored in the state; key_material_base64_wo is not.',
    optional: true,
    sensitive: true,
    forcesReplacement: true,
    validators: [base64],
    writeOnlyVersion: 'key_material_base64_wo_version',
  },
  ...writeOnly('key_material_base64', 'Key material to import, in base64.', {
    change: 'replaces the key',
    own: true,
    value: { validators: [base64], conflictsWith: ['key_material_base64'] },
    version: { forcesReplacement: true },
  }),
  key_state: computedString('State of the key.'),
  valid_to: {
    type: 'string',
    description: 'When the key material expires, RFC 3339, for example 2027-01-01T00:00:00Z. Absent: never.',
    optional: true,
    equivalence: 'time',
    validators: [{ check: 'time' }],
  },
} as const satisfies Readonly<Record<string, AttributeRecord>>;

/** What narrows a list of keys, or of aliases by the keys they name. */
export const keyFilters = {
  key_spec: {
    type: 'string',
    description: 'Key spec of the key.',
    optional: true,
    validators: [{ check: 'one-of', values: keySpecNames }],
  },
  key_state: {
    type: 'string',
    description: 'State of the key, such as Enabled.',
    optional: true,
    validators: [{ check: 'one-of', values: keyStates }],
  },
  tags: { type: ['map', 'string'], description: 'Tags of the key, all of them with these values.', optional: true },
} as const satisfies Readonly<Record<string, AttributeRecord>>;
