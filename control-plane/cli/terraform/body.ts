/** What a Terraform configuration says, as far as names go: the form that HCL and JSON files are both read into. */

export interface Member {
  /** Name of an argument, or type of a block. */
  readonly name: string;
  /** Labels of a block. */
  readonly labels: readonly string[];
  /** Line in its file, from 1. undefined in JSON. */
  readonly line: number | undefined;
  /** A block. In JSON an object is one, or an argument: only the schema tells. */
  readonly body: Body | undefined;
  /** A text without templates, as the argument's value; undefined for everything else. */
  readonly text: string | undefined;
  /** An argument's expression, as it is written. */
  readonly expression: string;
}

export type Body = readonly Member[];

/** A file that is not what Terraform reads. */
export class UnreadableFile extends Error {}
