/** What a record demands of an attribute beyond its description, in sentences. */
import type { AttributeRecord, Validator } from '../../terraform.ts';
import { codeList, withCode } from './markdown.ts';

/** What the description does not say itself. */
export function rulesOf(record: AttributeRecord): readonly string[] {
  const { description, deprecated, conflictsWith, requiredWith, exactlyOneOf, own } = record;
  return [
    ...(record.validators ?? []).flatMap((validator) => ruleOf(validator, record)),
    ...(record.equivalence === 'policy-document' ? ['Compared by meaning: another spelling is not a change.'] : []),
    ...(record.default === undefined || /\b(defaults?|when absent)\b/i.test(description)
      ? []
      : [`Default: \`${record.default}\`.`]),
    ...(exactlyOneOf ? [`Set exactly one of ${codeList(exactlyOneOf, 'and')}.`] : []),
    ...(conflictsWith ? [`Conflicts with ${codeList(conflictsWith, 'and')}.`] : []),
    ...(requiredWith ? [`Needs ${codeList(requiredWith, 'and')}.`] : []),
    ...(deprecated === undefined ? [] : [`**Deprecated:** ${withCode(deprecated)}`]),
    ...(own ? [notUpstream] : []),
  ];
}

export const notUpstream = '**Not in the AWS provider.**';

function ruleOf(validator: Validator, { description, type }: AttributeRecord): readonly string[] {
  const isCollection = typeof type !== 'string';
  const says = (...values: readonly unknown[]) => values.every((value) => description.includes(String(value)));
  switch (validator.check) {
    case 'one-of':
      return says(...validator.values)
        ? []
        : [`${isCollection ? 'Each is one' : 'One'} of ${codeList(validator.values, 'or')}.`];
    case 'range':
      return says(validator.min, validator.max) ? [] : [`${limits(validator)}.`];
    case 'length':
      return lengthRule(validator);
    case 'pattern':
      return says(validator.meaning) ? [] : [`${isCollection ? 'Each must' : 'Must'} be ${validator.meaning}.`];
    case 'json':
      return says('JSON') ? [] : [isCollection ? 'Each is a JSON document.' : 'A JSON document.'];
    case 'arn':
      return says('ARN') ? [] : [isCollection ? 'Each is an ARN.' : 'An ARN.'];
    case 'time':
      return says('RFC 3339') ? [] : ['A time in the form of RFC 3339.'];
    default:
      // These are forms of references to keys, aliases and principals, which descriptions name.
      return [];
  }
}

function lengthRule({ min = 0, max }: { readonly min?: number; readonly max?: number }): readonly string[] {
  if (max !== undefined) return [`${limits({ ...(min > 0 && { min }), max })} characters.`];
  return min > 1 ? [`At least ${min} characters.`] : [];
}

function limits({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min === undefined) return `At most ${max}`;
  return max === undefined ? `At least ${min}` : `From ${min} to ${max}`;
}
