/** The plan that sets back what differs in one stack: made and saved by Terraform, only read here. */
import { chmod, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Finding } from '../findings/finding.ts';
import type { StateSource } from '../states/stack.ts';
import { terraformIn } from '../states/state-text.ts';

type Directory = Extract<StateSource, { dir: string }>;

export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface RepairPlan {
  readonly file: string;
  readonly changes: readonly PlannedChange[];
  /** Only what differs is planned: the code has further changes, which are not applied yet. */
  readonly isTargeted: boolean;
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly mode: string;
    readonly change: Pick<PlannedChange, 'actions' | 'before' | 'after'>;
  }[];
}

/** @throws CommandError when Terraform cannot plan */
export async function planRepair(source: Directory, file: string, findings: readonly Finding[]): Promise<RepairPlan> {
  const addresses = new Set(findings.flatMap(({ address }) => address ?? []));
  const changes = await plan(source, file, []);
  const isMore = changes.some(({ address }) => !addresses.has(address));
  if (!isMore) return { file, changes, isTargeted: false };
  const targets = [...addresses].map((address) => `-target=${address}`);
  return { file, changes: await plan(source, file, targets), isTargeted: true };
}

/** A plan holds the values of the state, secrets included. */
async function plan(
  { dir, workspace, terraform }: Directory,
  file: string,
  targets: readonly string[],
): Promise<readonly PlannedChange[]> {
  const env = workspace === undefined ? process.env : { ...process.env, TF_WORKSPACE: workspace };
  await terraformIn(terraform, dir, ['plan', '-input=false', '-no-color', `-out=${file}`, ...targets], env);
  await chmod(resolve(dir, file), 0o600);
  const shown = JSON.parse(await terraformIn(terraform, dir, ['show', '-json', '-no-color', file], env)) as PlanJson;
  return (shown.resource_changes ?? [])
    .filter(({ mode, change: { actions } }) => mode === 'managed' && !['no-op', 'read'].includes(actions.join()))
    .map(({ address, type, change }) => ({ address, type, ...change }));
}

export const dropPlan = ({ dir }: Directory, file: string): Promise<void> => rm(resolve(dir, file), { force: true });

/** Destroys something, or makes a new key where another was. */
export function losesSomething({ type, actions }: PlannedChange): boolean {
  const isKey = /^aws_kms_(replica_)?(external_)?key$/.test(type);
  return actions.includes('delete') || (isKey && actions.includes('create'));
}

/** The arguments that an update changes. */
export function changedArguments({ before, after }: PlannedChange): readonly string[] {
  if (before === null || after === null) return [];
  return Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Whether the plan sets this difference back. */
export function repairs(changes: readonly PlannedChange[], { address, attribute, what }: Finding): boolean {
  const change = changes.find((one) => one.address === address);
  if (change === undefined) return false;
  if (what === 'missing' || change.actions.includes('create')) return true;
  return changedArguments(change).includes(attribute.replace(/\[.*/s, ''));
}
