/** Values of a configuration that is written, before the language is chosen. */

export type Value = string | number | boolean | Reference | JsonText | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [name: string]: Value;
}

/** Another resource's attribute: `aws_kms_key.orders.key_id`. */
export class Reference {
  readonly expression: string;
  constructor(expression: string) {
    this.expression = expression;
  }
}

/** A JSON document as text, which is written so that people can read it. */
export class JsonText {
  readonly document: Value;
  constructor(text: string) {
    this.document = JSON.parse(text);
  }
}

/** A resource that exists already, to be written with its import. */
export interface WrittenResource {
  readonly type: string;
  /** The name in the configuration. */
  readonly label: string;
  readonly importId: string;
  /** Of the provider configuration, if not the default one: `aws.eu`. */
  readonly provider?: string;
  readonly values: ValueMap;
  readonly blocks?: Readonly<Record<string, readonly ValueMap[]>>;
  /** Said above it, a line each. */
  readonly comments: readonly string[];
}
