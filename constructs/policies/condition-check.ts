/**
 * What is wrong with conditions, before Terraform runs: names that do not exist, operators that cannot read the key's
 * values, values that are not of the operator's type. The evaluator of the control plane compiles every condition.
 * Sources: IAM user guide, "IAM JSON policy elements: Condition operators"; KMS developer guide, "AWS KMS condition keys".
 */
import { compileCondition } from '@keystead/policy/conditions.ts';
import { operators } from '@keystead/policy/operators.ts';
import { closest } from '@keystead/provider-schema/closest.ts';
import {
  type ConditionKeyRecord,
  type ConditionKeyType,
  conditionKeyNames,
  findConditionKey,
} from '@keystead/provider-schema/condition-keys.ts';
import { Token } from '../cdk.ts';
import type { ConditionValue, PlainConditions } from './plain-conditions.ts';

export interface ConditionPlace {
  /** For messages. */
  readonly policy: 'key policy' | 'policy' | 'trust policy';
  readonly effect: 'Allow' | 'Deny';
}

/**
 * The block with all its values as text.
 * @throws Error for the first condition that cannot be meant
 */
export function checkedConditions(
  block: PlainConditions | undefined,
  place: ConditionPlace,
): PlainConditions | undefined {
  if (block === undefined) return undefined;
  const texts = Object.entries(block).map(([operator, keys]) => [operator, textsOf(keys)] as const);
  for (const [operator, keys] of texts) {
    for (const [key, values] of Object.entries(keys)) requireCondition(operator, key, [values].flat(), place);
  }
  return Object.fromEntries(texts);
}

/** What `checkedConditions` would refuse, as messages; for conditions that AWS takes as they are. */
export function conditionFindings(block: PlainConditions, place: ConditionPlace): string[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) => {
      try {
        requireCondition(operator, key, [values].flat().map(textOf), place);
        return [];
      } catch (error) {
        return [error instanceof Error ? error.message : String(error)];
      }
    }),
  );
}

const textsOf = (keys: PlainConditions[string]): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(keys).map(([key, values]) => [key, Array.isArray(values) ? values.map(textOf) : textOf(values)]),
  );

/** A number that only Terraform knows is a reference in text, too. */
const textOf = (value: ConditionValue): string =>
  typeof value === 'number' && Token.isUnresolved(value) ? Token.asString(value) : String(value);

function requireCondition(operator: string, key: string, values: readonly string[], place: ConditionPlace): void {
  const [, quantifier, name = ''] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(?:IfExists)?$/.exec(operator) ?? [];
  if (name !== 'Null' && !Object.hasOwn(operators, name)) throw new Error(unknownOperator(operator));
  const record = requireKnownKey(key, place);
  if (record !== undefined) {
    requireFit(operator, name, key, record);
    if (record.multivalued && quantifier === undefined && name !== 'Null') {
      throw new Error(
        `${key} can have several values in a request: write ForAnyValue:${name} or ForAllValues:${name}.`,
      );
    }
  }
  const known = values.filter((value) => !Token.isUnresolved(value));
  compileCondition({ operator, key, values: known, effect: place.effect, variables: true, where: 'Condition' });
}

function unknownOperator(operator: string): string {
  const near = closest(operator, [...Object.keys(operators), 'Null']);
  return `"${operator}" is not a condition operator${near === undefined ? '' : `: did you mean ${near}?`}`;
}

/** undefined: a key of another service, or a claim of an identity token. */
function requireKnownKey(key: string, { policy }: ConditionPlace): ConditionKeyRecord | undefined {
  const record = findConditionKey(key);
  if (record === undefined) {
    if (!/^(kms|aws):/i.test(key)) return undefined;
    const near = closest(key, conditionKeyNames);
    throw new Error(`"${key}" is not a condition key${near === undefined ? '.' : `: did you mean ${near}?`}`);
  }
  if (record.identityPoliciesOnly && policy === 'key policy') {
    throw new Error(`${key} never matches in a key policy: use it in the identity policies of the principals.`);
  }
  return record;
}

const arnsAsText: ReadonlySet<string> = new Set(['kms:granteeprincipal', 'kms:retiringprincipal']);

/** The types of keys whose values an operator can read, by the beginning of its name. */
const readable: readonly (readonly [prefix: RegExp, types: readonly ConditionKeyType[]])[] = [
  [/^String|^Binary/, ['String', 'ARN', 'Bool']],
  [/^Numeric/, ['Numeric']],
  [/^Date/, ['Date']],
  [/^Bool/, ['Bool']],
  [/IpAddress/, ['IPAddress']],
  [/^Arn/, ['ARN']],
];

function requireFit(operator: string, name: string, key: string, { type }: ConditionKeyRecord): void {
  const [, types] = readable.find(([prefix]) => prefix.test(name)) ?? [];
  if (types === undefined || types.includes(type)) return;
  const lowered = key.toLowerCase();
  if (name.startsWith('Arn') && arnsAsText.has(lowered)) return;
  if (name.startsWith('Numeric') && lowered === 'aws:epochtime') return;
  throw new Error(`${operator} does not fit ${key}, whose values have the type ${type}.`);
}
