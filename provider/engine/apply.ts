/**
 * Carries out one planned change. The state is always returned, also beside errors: it holds every object that exists,
 * so that a failure half-way loses nothing (a create that failed leaves the object tainted).
 */
import { isList, isObject, isSameValue, isWhollyKnown } from './compare.ts';
import { conform } from './conform.ts';
import { contractFault, diagnosticsOf, hasError } from './diagnostics.ts';
import { areEmpty, isSameBlock } from './empties.ts';
import { keepSpelling } from './equivalence.ts';
import { differInStateAlone } from './in-state.ts';
import { keepsPromise, refinementAt } from './refinement.ts';
import type { ApplyResult, Diagnostic, PathStep, ResourceType } from './resource.ts';
import { type Level, levelType } from './type.ts';
import { type ObjectValue, unknown, type Value } from './value.ts';

export interface ApplyRequest {
  readonly prior: ObjectValue | null;
  /** null: destroy. */
  readonly planned: ObjectValue | null;
  readonly config: ObjectValue | null;
}

export interface ApplyOutcome {
  readonly state: ObjectValue | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Attributes whose result differs from their known plan. Sets and collections count as one attribute. */
function surprises(level: Level, planned: ObjectValue, state: ObjectValue): readonly (readonly PathStep[])[] {
  return Object.entries(levelType(level)[1])
    .filter(([name, type]) => {
      const plan: Value = planned[name] ?? null;
      const result: Value = state[name] ?? null;
      if (isExpected(level, name, plan, result)) return false;
      const refinement = plan === unknown ? refinementAt(level, [name]) : undefined;
      if (refinement !== undefined) return !keepsPromise(refinement, result);
      return isWhollyKnown(plan) ? !isSameValue(type, plan, result) : hasSurprise(plan, result);
    })
    .map(([name]) => [name]);
}

/** Differences from the plan that its record permits. */
function isExpected({ attributes, blocks = {} }: Level, name: string, plan: Value, result: Value): boolean {
  const { [name]: attribute } = attributes;
  const { [name]: block } = blocks;
  if (block !== undefined) return block.emptyIsNull === true && isSameBlock(block, plan, result);
  return attribute !== undefined && (attribute.hideable === true || areEmpty(attribute, plan, result));
}

/** For values with unknowns inside: only the shape can be compared. */
function hasSurprise(planned: Value, actual: Value): boolean {
  if (planned === unknown) return false;
  if (isList(planned)) return !isList(actual) || actual.length !== planned.length;
  return isObject(planned) !== isObject(actual);
}

function settle<Client>(type: ResourceType<Client>, planned: ObjectValue, result: ApplyResult): ApplyOutcome {
  const reported = result.diagnostics ?? [];
  const { value, faults } = conform(type.record, result.state, { unknowns: 'refused', absent: 'refused' });
  const state = keepSpelling(type.record, planned, value);
  // A change that stopped half-way can differ from its plan and lack values; that is not a fault of the provider.
  if (hasError(reported)) return { state, diagnostics: reported };
  const differing = surprises(type.record, planned, state)
    .filter((path) => !faults.some((fault) => fault.path[0] === path[0]))
    .map((path) => ({ path, what: 'the result differs from the plan' }));
  const broken = [...faults, ...differing].map(({ path, what }) => contractFault(type.record.type, path, what));
  return { state, diagnostics: [...reported, ...broken] };
}

async function destroy<Client>(
  type: ResourceType<Client>,
  client: Client,
  prior: ObjectValue | null,
): Promise<ApplyOutcome> {
  try {
    if (prior !== null) await type.remove(client, prior);
    return { state: null, diagnostics: [] };
  } catch (error) {
    return { state: prior, diagnostics: diagnosticsOf(error, `destroying ${type.record.type}`) };
  }
}

export async function applyChange<Client>(
  type: ResourceType<Client>,
  client: Client,
  { prior, planned, config }: ApplyRequest,
): Promise<ApplyOutcome> {
  if (planned === null || config === null) return destroy(type, client, prior);
  const isNew = prior === null;
  if (!isNew && differInStateAlone(type.record, prior, planned)) return { state: planned, diagnostics: [] };
  try {
    const result = isNew
      ? await type.create(client, planned, config)
      : await type.update(client, prior, planned, config);
    return settle(type, planned, result);
  } catch (error) {
    const doing = `${isNew ? 'creating' : 'updating'} ${type.record.type}`;
    return { state: prior, diagnostics: diagnosticsOf(error, doing) };
  }
}
