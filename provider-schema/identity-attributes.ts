/** Attributes that the resources of identities share, and what their records have in common. */
import { legacyRecord } from './legacy.ts';
import { iamValues } from './shapes/iam/values.ts';
import type { AttributeRecord, TerraformRecord, Validator } from './terraform.ts';

/** Digits that a generated name has after its prefix. */
const GENERATED_CHARS = 26;

const namePattern: Validator = {
  check: 'pattern',
  pattern: '^[\\w+=,.@-]*$',
  meaning: 'only letters, digits and the characters + = , . @ _ -',
};

export function identityRecord(record: Omit<TerraformRecord, 'kind' | 'schemaVersion'>): TerraformRecord {
  return legacyRecord({ kind: 'resource', schemaVersion: 0, ...record });
}

/** A name that changes in place. */
export const changeableName = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  required: true,
  validators: [namePattern, { check: 'length', min: 1 }],
});

/** The owner of something, by name; another owner is another resource. */
export const ownerName = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  required: true,
  forcesReplacement: true,
});

/** A name, or a generated one with a prefix; another name is another resource. `max` characters. */
export function nameOrPrefix(what: string, max: number): Readonly<Record<'name' | 'name_prefix', AttributeRecord>> {
  const named = { type: 'string', optional: true, computed: true, stable: true, forcesReplacement: true } as const;
  return {
    name: {
      ...named,
      description: `Name of the ${what}. Generated from name_prefix when absent.`,
      validators: [namePattern, { check: 'length', min: 1, max }],
      conflictsWith: ['name_prefix'],
    },
    name_prefix: {
      ...named,
      description: `Prefix of a generated name of the ${what}.`,
      validators: [namePattern, { check: 'length', min: 1, max: max - GENERATED_CHARS }],
      conflictsWith: ['name'],
    },
  };
}

export const path: AttributeRecord = {
  type: 'string',
  description: 'Path, which begins and ends with a slash. Default: /.',
  optional: true,
  computed: true,
  default: '/',
  validators: [
    { check: 'length', max: iamValues.PathType.max },
    { check: 'pattern', pattern: '^/([!-~]+/)?$', meaning: 'a path that begins and ends with a slash' },
  ],
};

export const permissionsBoundary: AttributeRecord = {
  type: 'string',
  description: 'ARN of the managed policy that limits what other policies allow.',
  optional: true,
  validators: [{ check: 'arn' }],
};

export const policyDocument = (description: string): AttributeRecord => ({
  type: 'string',
  description,
  required: true,
  equivalence: 'policy-document',
  validators: [{ check: 'json' }],
});

export const policyArn: AttributeRecord = {
  type: 'string',
  description: 'ARN of the managed policy.',
  required: true,
  forcesReplacement: true,
  validators: [{ check: 'arn' }],
};

export const identityTags: Readonly<Record<'tags' | 'tags_all', AttributeRecord>> = {
  tags: {
    type: ['map', 'string'],
    description: 'Tags. They overwrite those with the same name in default_tags of the provider.',
    optional: true,
    hideable: true,
  },
  tags_all: {
    type: ['map', 'string'],
    description: 'All tags, including those from default_tags.',
    optional: true,
    computed: true,
  },
};

/** A flag that is read only when the resource is destroyed. */
export const onDestroy = (description: string): AttributeRecord => ({
  type: 'bool',
  description,
  optional: true,
  computed: true,
  default: false,
});

export const names = (description: string): AttributeRecord => ({
  type: ['set', 'string'],
  description,
  optional: true,
});
