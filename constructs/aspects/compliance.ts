/** What the rules for whole stacks have in common: which resources they see, and what they do about them. */
import type { IConstruct } from 'constructs';
import { Annotations, TerraformResource } from '../cdk.ts';
import { declaring } from '../stacks/declaring.ts';

/** `REFUSE`: the stack is not written. `WARN`: it is, with a warning. `FIX`: the argument is set. */
export type ComplianceMode = 'REFUSE' | 'WARN' | 'FIX';

export interface ComplianceProps {
  /**
   * What to do about a resource that breaks the rule.
   * @default 'REFUSE'
   * @example 'FIX'
   */
  readonly mode?: ComplianceMode;
}

export const keyTypes: readonly string[] = [
  'aws_kms_key',
  'aws_kms_external_key',
  'aws_kms_replica_key',
  'aws_kms_replica_external_key',
];

/** A resource whose arguments are read and set by name, of these bindings or of others for the same types. */
export type Inputs = TerraformResource & Record<string, unknown>;

export function resourceOf(node: IConstruct, types: readonly string[]): Inputs | undefined {
  if (!TerraformResource.isTerraformResource(node) || !types.includes(node.terraformResourceType)) return undefined;
  return node as Inputs;
}

interface Finding {
  readonly problem: string;
  readonly remedy: string;
}

const asked = new WeakMap<object, WeakSet<IConstruct>>();

/** Asks once more when the stack is written, after every other aspect: then the finding is an error or a warning. */
export function reportLater(
  rule: object,
  mode: ComplianceMode | undefined,
  resource: Inputs,
  find: () => Finding | undefined,
): void {
  const seen = asked.get(rule) ?? new WeakSet();
  asked.set(rule, seen);
  if (seen.has(resource)) return;
  seen.add(resource);
  const at = declaring(resource);
  at.node.addValidation({
    validate: () => {
      const finding = find();
      if (finding === undefined) return [];
      const text = `${finding.problem} ${finding.remedy}`;
      if (mode !== 'WARN') return [text];
      Annotations.of(at).addWarning(text);
      return [];
    },
  });
}
