/**
 * A plan as `terraform show -json` prints it (format version 1.x).
 * Source: Terraform, "JSON Output Format", plan representation and change representation.
 */
import { CommandError } from '../../shared/report.ts';

export type Values = Readonly<Record<string, unknown>>;
/** Where values are sensitive or unknown: true, or the same shape with true at some leaves. */
export type Marks = unknown;

export interface Change {
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly after_unknown?: Marks;
  readonly before_sensitive?: Marks;
  readonly after_sensitive?: Marks;
  readonly importing?: { readonly id?: string };
  readonly replace_paths?: readonly (readonly unknown[])[];
}

export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly deposed?: string;
  readonly provider_name?: string;
  readonly action_reason?: string;
  readonly change: Change;
}

export interface ConfiguredModule {
  readonly resources?: readonly { readonly address: string; readonly expressions?: Values }[];
  readonly module_calls?: Readonly<Record<string, { readonly module?: ConfiguredModule }>>;
  readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean; readonly default?: unknown }>>;
}

export interface PlanJson {
  readonly format_version: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, Change>>;
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly configuration?: { readonly provider_config?: unknown; readonly root_module?: ConfiguredModule };
  readonly errored?: boolean;
}

/** @throws CommandError for a text that is something else */
export function parsePlan(text: string, file: string): PlanJson {
  let plan: PlanJson | null;
  try {
    plan = JSON.parse(text);
  } catch {
    throw notPlan(file);
  }
  if (!plan?.format_version?.startsWith('1.') || !('planned_values' in plan)) throw notPlan(file);
  return plan;
}

const notPlan = (file: string): CommandError =>
  new CommandError(`${file} is not a plan as "terraform show -json" prints it.`, 'Make the plan anew.');

export type Action = 'replace' | 'delete' | 'forget' | 'update' | 'create' | 'import' | 'move';

/** In the order in which a reviewer reads them: what cannot be undone comes first. */
export const actionsInOrder: readonly Action[] = ['replace', 'delete', 'forget', 'update', 'create', 'import', 'move'];

/** @returns undefined where nothing changes, and for data that is only read */
export function actionOf({ mode, change, address, previous_address: previous }: ResourceChange): Action | undefined {
  if (mode !== 'managed') return undefined;
  const actions = new Set(change.actions);
  if (actions.has('create') && (actions.has('delete') || actions.has('forget'))) return 'replace';
  for (const one of ['delete', 'forget', 'update', 'create'] as const) if (actions.has(one)) return one;
  if (change.importing !== undefined) return 'import';
  return previous !== undefined && previous !== address ? 'move' : undefined;
}

/** The resource in the configuration, for every instance of it. */
export function configuredExpressions(plan: PlanJson, address: string): Values | undefined {
  const parts = address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, '').split('.');
  let module = plan.configuration?.root_module;
  while (module !== undefined && parts[0] === 'module') {
    module = module.module_calls?.[parts[1] ?? '']?.module;
    parts.splice(0, 2);
  }
  return module?.resources?.find((resource) => resource.address === parts.join('.'))?.expressions;
}
