/**
 * The shapes of the Terraform records: one per resource, data source and the provider block. From them come the
 * plugin protocol's schema messages, the JSON that binding generators read, the plan engine's rules and the docs.
 */
export type AttributeType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', AttributeType]
  | readonly ['object', Readonly<Record<string, AttributeType>>];

/** How two values can differ as text and still mean the same; the plan then keeps the prior one. */
export type Equivalence = 'policy-document' | 'key-reference' | 'https-url' | 'time';

/**
 * A check on a known value, on each element of a list or set. The engine implements each by name, with its diagnostic.
 */
export type Validator =
  | { readonly check: 'length'; readonly min?: number; readonly max?: number }
  | { readonly check: 'range'; readonly min?: number; readonly max?: number }
  | { readonly check: 'one-of'; readonly values: readonly string[] }
  | { readonly check: 'pattern'; readonly pattern: string; readonly meaning: string }
  | {
      readonly check:
        | 'json'
        | 'arn'
        | 'key-id'
        | 'key-arn'
        | 'key-id-or-arn'
        | 'key-or-alias'
        | 'alias-name'
        | 'alias-name-customer'
        | 'principal'
        | 'principal-or-empty'
        | 'time';
    };

export interface Refinement {
  readonly notNull: true;
  readonly prefix?: string;
}

export interface AttributeRecord {
  readonly type: AttributeType;
  readonly description: string;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
  readonly writeOnly?: true;
  readonly deprecated?: string;
  /** The AWS provider does not have it. */
  readonly own?: true;
  /** Planned when the configuration is null; only on optional + computed attributes. */
  readonly default?: string | number | boolean;
  readonly forcesReplacement?: true;
  /**
   * Computed, and what is known of the value before it is: never null, and how it begins. Terraform can then decide
   * `x == null` and `startswith` at plan time.
   */
  readonly refinement?: Refinement;
  /** Computed and never changed by an update: the plan keeps the prior value. */
  readonly stable?: true;
  readonly equivalence?: Equivalence;
  /** The zero value of its type means absent; set by `legacyRecord`. */
  readonly emptyIsNull?: true;
  /** The service never hears of it: a change of it alone changes nothing else, and applying that makes no call. */
  readonly inState?: true;
  /** The provider's settings can hide elements of it: a result can hold less than its plan. */
  readonly hideable?: true;
  readonly validators?: readonly Validator[];
  readonly conflictsWith?: readonly string[];
  readonly requiredWith?: readonly string[];
  /** All attributes of the group, this one included: one of them must be set, and only one. */
  readonly exactlyOneOf?: readonly string[];
  /**
   * The version beside a write-only argument that can take this one's place. Moving from here to there is not a change
   * that forces replacement: the value can stay the same and only leaves the state.
   */
  readonly writeOnlyVersion?: string;
}

export interface BlockRecord {
  readonly nesting: 'single' | 'list' | 'set';
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly description: string;
  readonly attributes: Readonly<Record<string, AttributeRecord>>;
  readonly blocks?: Readonly<Record<string, BlockRecord>>;
  readonly forcesReplacement?: true;
  /** A block without values is an absent one; set by `legacyRecord`. */
  readonly emptyIsNull?: true;
}

export interface TerraformRecord {
  readonly kind: 'provider' | 'resource' | 'data-source' | 'ephemeral-resource' | 'list-resource' | 'action';
  /** `aws_kms_key`; for the provider block: `aws`. */
  readonly type: string;
  readonly schemaVersion: number;
  readonly description: string;
  /** The AWS provider does not have it. */
  readonly own?: true;
  /** Its plans and results follow the older SDK's rules, and say so to Terraform; set by `legacyRecord`. */
  readonly legacyTypeSystem?: true;
  readonly attributes: Readonly<Record<string, AttributeRecord>>;
  readonly blocks?: Readonly<Record<string, BlockRecord>>;
  /** Provider only: what a module's `provider_meta` block can hold. */
  readonly meta?: Readonly<Record<string, AttributeRecord>>;
  /** How an import id is written, for diagnostics and docs. */
  readonly importId?: string;
  /** Resource identity attributes (plugin protocol 6.9 and newer). */
  readonly identity?: Readonly<
    Record<string, { readonly type: 'string'; readonly description: string; readonly requiredForImport: boolean }>
  >;
}

/** A function of the provider: pure, called as `provider::aws::<name>`. Null and unknown arguments never reach it. */
export interface FunctionRecord {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly FunctionParameter[];
  readonly returns: AttributeType;
}

export interface FunctionParameter {
  readonly name: string;
  readonly type: AttributeType;
  readonly description: string;
}
