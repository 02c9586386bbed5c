/** Whom a grant is for, who retires it and what constrains it: as configured, and as ListGrants answers it. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Diagnostic } from '../../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import { mapOf, textMapOf, textOf } from './values.ts';

export type GrantEntry = NonNullable<OutputJson<'ListGrants'>['Grants']>[number];
type Constraints = NonNullable<InputJson<'CreateGrant'>['Constraints']>;

const constraintKinds = [
  ['encryption_context_equals', 'EncryptionContextEquals'],
  ['encryption_context_subset', 'EncryptionContextSubset'],
] as const;

function constraintBlocks(object: ObjectValue): readonly ObjectValue[] {
  return Array.isArray(object.constraints) ? object.constraints.map((block: Value) => mapOf(block)) : [];
}

export function constraintsOf(planned: ObjectValue): Constraints | undefined {
  const blocks = constraintBlocks(planned);
  const contexts = blocks.flatMap((block) =>
    constraintKinds
      .map(([attribute, member]) => [member, textMapOf(block, attribute)] as const)
      .filter(([, context]) => context.size > 0)
      .map(([member, context]) => [member, Object.fromEntries(context)] as const),
  );
  const SourceArn = blocks.map((block) => textOf(block, 'source_arn')).find((arn) => arn !== undefined);
  const constraints: Constraints = { ...Object.fromEntries(contexts), ...defined({ SourceArn }) };
  return Object.keys(constraints).length === 0 ? undefined : constraints;
}

export function constraintsFrom({ Constraints }: GrantEntry): Value {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn: source } = Constraints ?? {};
  if (equals === undefined && subset === undefined && source === undefined) return [];
  return [
    {
      encryption_context_equals: (equals as ObjectValue | undefined) ?? null,
      encryption_context_subset: (subset as ObjectValue | undefined) ?? null,
      source_arn: source ?? null,
    },
  ];
}

/** The principals of a grant, each in one of its two arguments. */
export function principalsFrom(grant: GrantEntry, state: ObjectValue): ObjectValue {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = grant;
  return {
    ...principalFrom(state, 'grantee', GranteePrincipal, GranteeServicePrincipal),
    ...principalFrom(state, 'retiring', RetiringPrincipal, RetiringServicePrincipal),
  };
}

/**
 * A service as it is called in a Region fits either argument, and ListGrants does not tell by which member it was given:
 * it stays where it is in the state.
 */
function principalFrom(
  state: ObjectValue,
  role: 'grantee' | 'retiring',
  principal: string | undefined,
  service: string | undefined,
): ObjectValue {
  const [ofPrincipal, ofService] = [`${role}_principal`, `${role}_service_principal`];
  const name = principal ?? service;
  if (name === undefined) return { [ofPrincipal]: state[ofPrincipal] ?? null, [ofService]: state[ofService] ?? null };
  const isService = state[ofService] === name || (service !== undefined && state[ofPrincipal] !== name);
  return { [ofPrincipal]: isService ? null : name, [ofService]: isService ? name : null };
}

/** What the service would refuse. Unknown values are checked when they are known. */
export function grantProblems(config: ObjectValue): readonly Diagnostic[] {
  return [...tooManyConstraints(config), ...missingForService(config)];
}

function tooManyConstraints(config: ObjectValue): readonly Diagnostic[] {
  const given = constraintBlocks(config).map((block) => ({
    contexts: constraintKinds.filter(([attribute]) => textMapOf(block, attribute).size > 0).length,
    hasSource: textOf(block, 'source_arn') !== undefined,
  }));
  const contexts = given.reduce((sum, block) => sum + block.contexts, 0);
  if (contexts <= 1 && given.filter((block) => block.contexts > 0 || block.hasSource).length <= 1) return [];
  return [
    {
      severity: 'error',
      summary: 'More than one constraint',
      detail:
        'A grant takes either encryption_context_equals or encryption_context_subset, once, and one source_arn in the ' +
        'same block. Put all pairs into one map, or make two grants.',
      path: ['constraints'],
    },
  ];
}

function missingForService(config: ObjectValue): readonly Diagnostic[] {
  const service = textOf(config, 'grantee_service_principal');
  if (service === undefined) return [];
  const isPossible = (object: ObjectValue, name: string) =>
    object[name] === unknown || textOf(object, name) !== undefined;
  const blocks: readonly Value[] = Array.isArray(config.constraints) ? config.constraints : [];
  const hasSource =
    config.constraints === unknown ||
    blocks.some((block) => block === unknown || isPossible(mapOf(block), 'source_arn'));
  const hasRetiring = isPossible(config, 'retiring_principal') || isPossible(config, 'retiring_service_principal');
  const missing = [
    ...(hasSource ? [] : ['source_arn in a constraints block']),
    ...(hasRetiring ? [] : ['retiring_principal or retiring_service_principal']),
  ];
  if (missing.length === 0) return [];
  return [
    {
      severity: 'error',
      summary: 'Incomplete grant to a service',
      detail: `A grant to the service ${service} needs ${missing.join(', and ')}.`,
      path: ['grantee_service_principal'],
    },
  ];
}
