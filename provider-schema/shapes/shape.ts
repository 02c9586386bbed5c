/**
 * The kinds of shapes. Members, list members, map keys and values name other shapes.
 * The compiled validators enforce `required`, lengths, ranges, patterns and enumerations; `sensitive` keeps a
 * value out of error texts, audit records and logs.
 */

interface Common {
  readonly sensitive?: true;
  readonly deprecated?: true;
}

/** Lengths count UTF-16 code units. */
export interface StringShape extends Common {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  /** Must match the whole value, whether or not it is anchored. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** The Query doors percent-encode it (RFC 3986), as IAM does with policy documents. */
  readonly urlEncodedInXml?: true;
}

/** Base64 on the wire, bytes inside; lengths count the decoded bytes. */
export interface BlobShape extends Common {
  readonly type: 'blob';
  readonly min?: number;
  readonly max?: number;
}

export interface IntegerShape extends Common {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape extends Common {
  readonly type: 'boolean';
}

/** Seconds since the Unix epoch on the wire, fractions allowed; a Date inside. */
export interface TimestampShape extends Common {
  readonly type: 'timestamp';
}

export interface ListShape extends Common {
  readonly type: 'list';
  readonly member: string;
  readonly min?: number;
  readonly max?: number;
}

export interface MapShape extends Common {
  readonly type: 'map';
  readonly key: string;
  readonly value: string;
}

export interface StructureShape extends Common {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  readonly exception?: true;
  /** The service's fault, not the caller's. */
  readonly fault?: true;
}

export type Shape =
  | StringShape
  | BlobShape
  | IntegerShape
  | BooleanShape
  | TimestampShape
  | ListShape
  | MapShape
  | StructureShape;
