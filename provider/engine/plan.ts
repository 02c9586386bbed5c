/**
 * Plans one resource change from its record: configured values, defaults, what an update keeps, what only the service
 * knows, and what forces a replacement. Deterministic and without I/O of its own, because Terraform plans again at
 * apply and both plans must agree.
 */
import type { AttributeRecord, BlockRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { isList, isObject, isSameValue } from './compare.ts';
import { conform } from './conform.ts';
import { contractFault, diagnosticsOf } from './diagnostics.ts';
import { areEmpty, configuredValue, isSameBlock, plannedWithout } from './empties.ts';
import { isEquivalent } from './equivalence.ts';
import { differInStateAlone } from './in-state.ts';
import type { Diagnostic, PathStep, ResourceType } from './resource.ts';
import { blockType, type Level, levelType } from './type.ts';
import { type ObjectValue, unknown, type Value } from './value.ts';

type Path = readonly PathStep[];

export interface PlanRequest {
  /** null: destroy the resource. */
  readonly config: ObjectValue | null;
  /** null: create the resource. */
  readonly prior: ObjectValue | null;
}

export interface PlanOutcome {
  readonly planned: ObjectValue | null;
  readonly requiresReplace: readonly Path[];
  readonly diagnostics: readonly Diagnostic[];
}

type AttributeRule = (attribute: AttributeRecord, config: Value, prior: Value, isNew: boolean) => Value;

/** Applies a rule to every attribute of a level, nested blocks included, and keeps the blocks' shape as configured. */
function mapLevel(level: Level, config: ObjectValue, prior: ObjectValue | null, rule: AttributeRule): ObjectValue {
  const planned: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(level.attributes)) {
    planned[name] = rule(attribute, config[name] ?? null, prior?.[name] ?? null, prior === null);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    planned[name] = mapBlock(block, config[name] ?? null, prior?.[name] ?? null, rule);
  }
  return planned;
}

function mapBlock(block: BlockRecord, config: Value, prior: Value, rule: AttributeRule): Value {
  if (isObject(config)) return mapLevel(block, config, isObject(prior) ? prior : null, rule);
  if (!isList(config)) return config === null && block.nesting !== 'single' ? [] : config;
  if (prior !== null && block.emptyIsNull && isSameBlock(block, config, prior)) return prior;
  const before = isList(prior) ? prior : [];
  return config.map((item, index) => {
    if (!isObject(item)) return item;
    const was = block.nesting === 'set' ? findPartner(block, item, before) : before[index];
    return mapLevel(block, item, isObject(was) ? was : null, rule);
  });
}

/** A set element has no position: its prior is the one that equals it in everything configured. */
function findPartner(block: BlockRecord, item: ObjectValue, before: readonly Value[]): Value {
  const isPartner = (was: Value): boolean =>
    isObject(was) &&
    Object.entries(block.attributes).every(([name, { type }]) => {
      const value = item[name] ?? null;
      return value === null || isSameValue(type, value, was[name] ?? null);
    });
  return before.find(isPartner) ?? null;
}

/** The attribute's value if nothing else about the resource changes. */
const settled: AttributeRule = (attribute, config, prior, isNew) => {
  if (attribute.writeOnly) return null;
  const set = configuredValue(attribute, config);
  // A difference can be hidden only where both prior and configured values are set.
  if (set !== null && !areEmpty(attribute, set, null)) {
    return prior !== null && isEquivalent(attribute, set, prior) ? prior : set;
  }
  if (set === null && attribute.default !== undefined) return attribute.default;
  if (set === null && attribute.computed) return prior;
  return attribute.computed ? set : plannedWithout(attribute, set, prior, isNew);
};

/** Its value when the resource is created or changed: what the service decides is known only afterwards. */
const changing: AttributeRule = (attribute, config, prior, isNew) => {
  const isUnset = configuredValue(attribute, config) === null;
  const isDecidedByService = attribute.computed && isUnset && attribute.default === undefined;
  // An unknown value where a change forces replacement would force it at every update.
  const keepsPrior = !isNew && (attribute.stable || attribute.forcesReplacement);
  return isDecidedByService && !attribute.writeOnly && !keepsPrior ? unknown : settled(attribute, config, prior, isNew);
};

export function proposeChange(level: Level, config: ObjectValue, prior: ObjectValue | null): ObjectValue {
  const unchanged = mapLevel(level, config, prior, settled);
  if (prior !== null && isSameValue(levelType(level), unchanged, prior)) return prior;
  if (prior !== null && differInStateAlone(level, prior, unchanged)) return unchanged;
  return mapLevel(level, config, prior, changing);
}

/**
 * Attributes whose value becomes write-only in this change, with the versions that they get: it leaves the state, or was
 * never in it, as after an import.
 */
function becomingWriteOnly(level: Level, prior: ObjectValue | null, planned: ObjectValue | null): readonly string[] {
  if (prior === null || planned === null) return [];
  const isSet = (object: ObjectValue, name: string) => (object[name] ?? null) !== null;
  return Object.entries(level.attributes).flatMap(([name, { writeOnlyVersion: version }]) => {
    if (version === undefined || isSet(planned, name)) return [];
    return !isSet(prior, version) && isSet(planned, version) ? [name, version] : [];
  });
}

function replaceForced(level: Level, prior: ObjectValue | null, planned: ObjectValue | null, path: Path): Path[] {
  const forced: Path[] = [];
  const writeOnly = becomingWriteOnly(level, prior, planned);
  for (const [name, attribute] of Object.entries(level.attributes)) {
    const was = prior?.[name] ?? null;
    const will = planned?.[name] ?? null;
    const differs = !isSameValue(attribute.type, was, will) && !isEquivalent(attribute, was, will);
    if (attribute.forcesReplacement && differs && !writeOnly.includes(name)) forced.push([...path, name]);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    forced.push(...replaceForcedByBlock(block, prior?.[name] ?? null, planned?.[name] ?? null, [...path, name]));
  }
  return forced;
}

function replaceForcedByBlock(block: BlockRecord, prior: Value, planned: Value, path: Path): readonly Path[] {
  if (block.forcesReplacement) {
    return isSameValue(blockType(block), prior, planned) || isSameBlock(block, prior, planned) ? [] : [path];
  }
  if (block.nesting === 'single') {
    return replaceForced(block, isObject(prior) ? prior : null, isObject(planned) ? planned : null, path);
  }
  const before = isList(prior) ? prior : [];
  const after = isList(planned) ? planned : [];
  const inside: Path[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const was: Value = before[index] ?? null;
    const will: Value = after[index] ?? null;
    inside.push(...replaceForced(block, isObject(was) ? was : null, isObject(will) ? will : null, [...path, index]));
  }
  // Steps cannot name an element of a set: the path is that of the whole set.
  return block.nesting === 'set' && inside.length > 0 ? [path] : inside;
}

/** Attributes whose change cannot be made in place, as paths into the object. */
export function findForcedReplacement(level: Level, prior: ObjectValue | null, planned: ObjectValue): readonly Path[] {
  return prior === null ? [] : replaceForced(level, prior, planned, []);
}

/** Terraform's rules for a plan, checked here so that the diagnostic names the attribute and the rule. */
function brokenRules(
  record: TerraformRecord,
  config: ObjectValue,
  prior: ObjectValue | null,
  planned: ObjectValue,
): readonly { readonly path: Path; readonly what: string }[] {
  const broken: { path: Path; what: string }[] = [];
  for (const [name, attribute] of Object.entries(record.attributes)) {
    const set = configuredValue(attribute, config[name] ?? null);
    const was: Value = prior?.[name] ?? null;
    const will: Value = planned[name] ?? null;
    if (attribute.writeOnly || areEmpty(attribute, set, will)) continue;
    const isConfigured =
      isSameValue(attribute.type, will, set) ||
      (record.legacyTypeSystem === true && isEquivalent(attribute, will, set));
    // Terraform accepts a difference hidden by an absent prior value from records with the legacy flag alone.
    const isRecorded = was !== null || (prior !== null && attribute.emptyIsNull === true);
    const isPrior = isRecorded && isSameValue(attribute.type, will, was);
    if (set !== null && !isConfigured && !isPrior)
      broken.push({ path: [name], what: 'the plan differs from the configuration' });
    if (set === null && !attribute.computed && will !== null)
      broken.push({ path: [name], what: 'the plan sets an attribute that is not configured' });
  }
  return broken;
}

async function planDestroy<Client>(
  type: ResourceType<Client>,
  client: Client | undefined,
  prior: ObjectValue | null,
): Promise<PlanOutcome> {
  const nothing = { planned: null, requiresReplace: [] };
  if (prior === null || type.planDestroy === undefined) return { ...nothing, diagnostics: [] };
  try {
    return { ...nothing, diagnostics: await type.planDestroy(client, prior) };
  } catch (error) {
    return { ...nothing, diagnostics: diagnosticsOf(error, `planning to destroy ${type.record.type}`) };
  }
}

export async function planChange<Client>(
  type: ResourceType<Client>,
  client: Client | undefined,
  { config, prior }: PlanRequest,
): Promise<PlanOutcome> {
  if (config === null) return planDestroy(type, client, prior);
  const proposed = proposeChange(type.record, config, prior);
  try {
    const answer = await type.plan?.({ config, prior, proposed, client });
    const { value: planned, faults } = conform(type.record, answer?.planned ?? proposed, {
      unknowns: 'allowed',
      absent: 'refused',
    });
    const broken = [...faults, ...brokenRules(type.record, config, prior, planned)];
    return {
      planned,
      requiresReplace: [...findForcedReplacement(type.record, prior, planned), ...(answer?.requiresReplace ?? [])],
      diagnostics: [
        ...(answer?.diagnostics ?? []),
        ...broken.map(({ path, what }) => contractFault(type.record.type, path, what)),
      ],
    };
  } catch (error) {
    return {
      planned: proposed,
      requiresReplace: [],
      diagnostics: diagnosticsOf(error, `planning ${type.record.type}`),
    };
  }
}
