/**
 * What code declares, read from a plan as `terraform show -json` prints it: the values that the plan would leave. A plan
 * begins with a refresh, so what only runs is in it as it is; where code says something, the code's value is in it.
 * Source: Terraform, "JSON Output Format", plan representation.
 */
import { CommandError } from '../../shared/report.ts';
import { type DeclaredResource, type DeclaredState, parseDeclared } from './declared.ts';

/** Where code and state do not declare the same objects. */
export interface CodeDifferences {
  /** Code declares it, and it was never applied; for one that is replaced, the attributes that code sets otherwise. */
  readonly notApplied: readonly { readonly resource: DeclaredResource; readonly because: readonly string[] }[];
  /** The state has it, and code does not declare it any more. */
  readonly notInCode: readonly DeclaredResource[];
}

interface Plan {
  readonly format_version?: unknown;
  readonly errored?: boolean;
  readonly planned_values?: object;
  readonly prior_state?: { readonly values?: object };
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly deposed?: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly after_unknown?: Readonly<Record<string, unknown>>;
      readonly replace_paths?: readonly (readonly unknown[])[];
    };
  }[];
}

type Changes = ReadonlyMap<string, NonNullable<Plan['resource_changes']>[number]['change']>;

/**
 * @returns the resources that exist, with the values that the plan would leave; those that it would destroy are known
 * and not compared
 * @throws CommandError for a text that is not a plan, or one that was not finished
 */
export function parsePlanned(text: string, region: string, provider: string): DeclaredState & CodeDifferences {
  const plan = parse(text);
  const state = (values: object | undefined) =>
    parseDeclared(JSON.stringify({ format_version: '1.0', values: values ?? {} }), region, provider);
  const planned = state(plan.planned_values);
  const prior = state(plan.prior_state?.values);
  const changes: Changes = new Map(
    (plan.resource_changes ?? []).flatMap(({ address, deposed, change }) =>
      deposed === undefined ? [[address, change] as const] : [],
    ),
  );
  const { existing, notApplied } = divided(planned.resources, changes);
  const declared = new Set(planned.resources.map(({ address }) => address));
  const kept = new Set(existing.map(({ address }) => address));
  const left = prior.resources.filter(({ address, deposed }) => deposed || !kept.has(address));
  return {
    ...planned,
    resources: [...existing, ...left.map((resource) => ({ ...resource, deposed: true }))],
    notApplied,
    notInCode: left.filter(({ address, deposed }) => !deposed && !declared.has(address)),
  };
}

function parse(text: string): Plan {
  let plan: Plan | null = null;
  try {
    plan = JSON.parse(text);
  } catch {
    // Said below.
  }
  const isPlan = typeof plan?.format_version === 'string' && plan.format_version.startsWith('1.');
  if (plan === null || !isPlan || plan.planned_values === undefined) {
    throw new CommandError(
      'This is not a plan in the format of "terraform show -json" (format_version 1.x).',
      'Give a file that "terraform plan -out=FILE" wrote, or what "terraform show -json FILE" prints.',
    );
  }
  if (plan.errored !== true) return plan;
  throw new CommandError('This plan ended with an error, and is not complete.', 'Make it anew.');
}

function divided(resources: readonly DeclaredResource[], changes: Changes) {
  const existing: DeclaredResource[] = [];
  const notApplied: CodeDifferences['notApplied'][number][] = [];
  for (const resource of resources) {
    const change = changes.get(resource.address);
    const isNew = change?.actions.includes('create') === true;
    const isElsewhere = resource.type === 'aws_kms_alias' && change?.after_unknown?.target_key_id === true;
    if (!isNew && !isElsewhere) existing.push(resource);
    else
      notApplied.push({ resource, because: isElsewhere && !isNew ? ['its key was never applied'] : reasons(change) });
  }
  return { existing, notApplied };
}

function reasons(change: NonNullable<ReturnType<Changes['get']>> | undefined): readonly string[] {
  if (change?.actions.includes('delete') !== true) return [];
  const names = [...new Set((change.replace_paths ?? []).map(([name]) => String(name)))].sort();
  return [`the code asks for another object in its place${names.length === 0 ? '' : `: other ${names.join(', ')}`}`];
}
