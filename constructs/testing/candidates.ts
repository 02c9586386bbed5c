/** What a stack's JSON has of a type, and how expectations name its arguments. */

import type { IConstruct } from 'constructs';
import { TerraformElement } from '../cdk.ts';

/** Arguments of a resource, by name; values can be matchers. */
export type Arguments = Record<string, unknown>;

type Block = Record<string, Record<string, Arguments>>;

/** The part of `cdk.tf.json` that assertions look at. */
export interface Configuration {
  readonly resource?: Block;
  readonly data?: Block;
  readonly output?: Record<string, Arguments>;
}

export interface Candidate {
  /** Name in Terraform. */
  readonly address: string;
  /** Path of the construct that declares it. */
  readonly path: string | undefined;
  readonly found: Arguments;
}

export function candidatesOf(block: Block | undefined, types: readonly string[]): Candidate[] {
  return types.flatMap((type) =>
    Object.entries(block?.[type] ?? {}).map(([address, { '//': _notes, ...found }]) => {
      return { address, path: undefined, found };
    }),
  );
}

/** The same with the paths of the constructs of a stack. A binding inside of a construct has that one's path. */
export function withPaths(stack: IConstruct, candidates: readonly Candidate[]): Candidate[] {
  const elements = stack.node.findAll().filter((node) => TerraformElement.isTerraformElement(node));
  const paths = new Map(elements.map((node) => [node.friendlyUniqueId, node.node.path.replace(/\/Resource$/, '')]));
  return candidates.map((candidate) => ({ ...candidate, path: paths.get(candidate.address) }));
}

/** Props of the constructs whose argument in Terraform has another name, besides its case. */
const otherNames: Readonly<Record<string, string>> = {
  pendingWindowInDays: 'deletion_window_in_days',
  removalProtection: 'deletion_protection',
  aliasName: 'name',
};

const otherNamesOfKeys: Readonly<Record<string, string>> = {
  keySpec: 'customer_master_key_spec',
  enabled: 'is_enabled',
};

/** The same expectation under Terraform's names. Members of its values, such as tags, keep theirs. */
export function namesOf(types: readonly string[], expected: Arguments): Arguments {
  const others = types.includes('aws_kms_key') ? { ...otherNames, ...otherNamesOfKeys } : otherNames;
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [others[name] ?? snakeCase(name), value]));
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
