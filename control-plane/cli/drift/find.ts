/** Drift from end to end: read what runs, compare, look up the cause of each difference. */
import { createHash } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import { type Connection, type ConnectionOptions, connect } from '../shared/connection.ts';
import { sinceBaseline } from './baseline.ts';
import { findIdentityDrift } from './find-identities.ts';
import { readAccess } from './findings/access.ts';
import { findCause } from './findings/cause.ts';
import { codeDifferences, NOT_A_CHANGE } from './findings/code.ts';
import { type CompareOptions, compareAll, type Difference } from './findings/compare.ts';
import type { Comparison, Finding } from './findings/finding.ts';
import { applyRules, type IgnoreRule } from './findings/ignore.ts';
import { severities, severityOf } from './findings/severity.ts';
import { unmanagedKeys } from './findings/unmanaged.ts';
import { readActual } from './running/actual.ts';
import { readAllKeys } from './running/all-keys.ts';
import { readEvents } from './running/events.ts';
import { type DeclaredResource, isOfKeys } from './states/declared.ts';
import type { ReadStack } from './states/read-stacks.ts';
import type { Stack } from './states/stack.ts';

/** What is compared beside the states. */
export interface Extent {
  readonly baseline?: string;
  /** The states declare every key of the account. */
  readonly complete: boolean;
  readonly rules: readonly IgnoreRule[];
  /** Of the server, as they should be. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Stacks of the same control plane and credentials are compared together, because one can declare what belongs to a key
 * of another.
 */
export async function compareStacks(
  stacks: readonly ReadStack[],
  options: ConnectionOptions & Extent,
  compare: CompareOptions,
): Promise<Comparison> {
  const groups = Map.groupBy(stacks, ({ stack }) => controlPlaneOf(stack));
  const found = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ stack } = { stack: options }] = group;
      const connection = await connect({ ...options, ...stack });
      const resources = group.flatMap(({ resources }) => resources);
      const ofCode = group.flatMap(({ code }) => (code ? codeDifferences(code) : []));
      const findings = [
        ...(await findDrift(resources, connection, compare, { ...options, region: stack.region })),
        ...ofCode.map((difference) =>
          withId({ ...difference, severity: severityOf(difference, undefined), unattributed: NOT_A_CHANGE }),
        ),
      ];
      const compared = { ...compare, declared: resources, accessOf: readAccess(connection) };
      const since = await sinceBaseline(connection, options.baseline, compared, findings);
      return { ...since, findings: [...findings, ...since.findings.map(withId)] };
    }),
  );
  const judged = applyRules(
    found.flatMap(({ findings }) => findings),
    options.rules,
    Date.now(),
  );
  const sum = (count: (stack: ReadStack) => number) => stacks.reduce((total, stack) => total + count(stack), 0);
  return {
    resources: sum(({ resources }) => resources.length),
    findings: judged.findings.toSorted(bySeverity),
    ignored: judged.ignored,
    baselines: found.flatMap(({ baseline }) => baseline ?? []),
    notes: found.flatMap(({ notes }) => notes),
    ofOtherProviders: sum(({ ofOtherProviders }) => ofOtherProviders),
  };
}

/** Stacks with the same are compared together. */
export const controlPlaneOf = ({ endpoint, profile }: Stack): string => JSON.stringify([endpoint, profile]);

async function findDrift(
  state: readonly DeclaredResource[],
  connection: Connection,
  options: CompareOptions,
  { complete, settings, region }: Extent & Pick<Stack, 'region'>,
): Promise<readonly Finding[]> {
  const declared = state.filter(({ type }) => isOfKeys(type));
  const regions = [...new Set(state.map((one) => one.region))];
  const [actual, all, others] = await Promise.all([
    readActual(declared, connection),
    complete ? readAllKeys(connection, regions) : [],
    findIdentityDrift(state, connection, options, { complete, regions, settings, region }),
  ]);
  const differences = [...compareAll(declared, actual, options), ...unmanagedKeys(all, declared)];
  const log = readEvents(connection);
  const accessOf = readAccess(connection);
  const ofKeys = await Promise.all(
    differences.map(async (difference): Promise<Finding> => {
      const [access, cause] = await Promise.all([accessOf(difference), findCause(log, difference)]);
      const severity = severityOf(difference, access);
      return { id: idOf(difference), severity, ...shown(difference), ...defined({ access }), ...cause };
    }),
  );
  return [...ofKeys, ...others.map((finding) => withId(shown(finding)))];
}

/** The same for the same difference in every run: of what it is about, and not of its values. */
function idOf({ resourceArn, attribute, what, grantId = '' }: Omit<Difference, 'isSensitive'>): string {
  const name = JSON.stringify([resourceArn, attribute, what, grantId]);
  return createHash('sha256').update(name).digest('hex').slice(0, 10);
}

const withId = (finding: Omit<Finding, 'id'>): Finding => ({ id: idOf(finding), ...finding });

const bySeverity = (a: Finding, b: Finding) => severities.indexOf(a.severity) - severities.indexOf(b.severity);

/** Values that Terraform hides stay hidden; the difference is shown. */
function shown<Shown extends Pick<Difference, 'isSensitive' | 'declared' | 'actual' | 'details'>>({
  isSensitive,
  ...difference
}: Shown): Omit<Shown, 'isSensitive'> {
  if (!isSensitive) return difference;
  const hide = (value: unknown) => (value === undefined ? undefined : '(sensitive value)');
  return { ...difference, declared: hide(difference.declared), actual: hide(difference.actual), details: undefined };
}
