/** Drift from end to end: read what runs, compare, look up the cause of each difference. */
import { createHash } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import { type Connection, type ConnectionOptions, connect } from '../shared/connection.ts';
import { isSinceBaseline, sinceBaseline } from './baseline.ts';
import { findIdentityDrift } from './find-identities.ts';
import { readAccess } from './findings/access.ts';
import { findCause } from './findings/cause.ts';
import { codeDifferences, NOT_A_CHANGE } from './findings/code.ts';
import { type CompareOptions, compareAll, type Difference } from './findings/compare.ts';
import type { Comparison, Finding, SinceBaseline } from './findings/finding.ts';
import { applyRules, type IgnoreRule } from './findings/ignore.ts';
import { severities, severityOf } from './findings/severity.ts';
import { unmanagedKeys } from './findings/unmanaged.ts';
import { type Compared, type Comparer, goOn, type WentOn } from './keeping/go-on.ts';
import { lastMemory } from './keeping/kept-reports.ts';
import { digestOf, type Memory } from './keeping/memory.ts';
import { concernsFinding, concernsResource, type Touched, watchedOf } from './keeping/touched.ts';
import type { Progress } from './progress.ts';
import { readActual } from './running/actual.ts';
import { readAllKeys, readTheseKeys } from './running/all-keys.ts';
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
  /** Reports are kept in the control plane. */
  readonly keeping?: Keeping;
}

export interface Keeping {
  readonly stackName: string;
  /** Goes on from the last report. */
  readonly isIncremental: boolean;
  /** States and options: with others, everything is compared. */
  readonly inputs: unknown;
  publish(connection: Connection, comparison: Comparison, memory: Memory): Promise<void>;
}

/**
 * Stacks of the same control plane and credentials are compared together, because one can declare what belongs to a key
 * of another.
 */
export async function compareStacks(
  stacks: readonly ReadStack[],
  options: ConnectionOptions & Extent,
  compare: CompareOptions,
  progress: Pick<Progress, 'watch'> = { watch: (connection) => connection },
): Promise<Comparison> {
  const groups = Map.groupBy(stacks, ({ stack }) => controlPlaneOf(stack));
  const found = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ stack } = { stack: options }] = group;
      const connection = progress.watch(await connect({ ...options, ...stack }));
      const resources = group.flatMap(({ resources }) => resources);
      const comparer = comparerOf(connection, resources, { ...options, region: stack.region }, compare);
      const { findings, since, memory, wentOn } = await compareGroup(connection, comparer, options.keeping);
      const all = [...findings, ...codeFindings(group), ...since.findings.map(withId)];
      return { ...since, findings: all, memory, wentOn, connection };
    }),
  );
  const comparison = comparisonOf(stacks, found, options.rules);
  const [one] = found;
  if (options.keeping && one?.memory) await options.keeping.publish(one.connection, comparison, one.memory);
  return comparison;
}

/** Between state and code: nobody made such a difference, and nothing has to be read for it. */
function codeFindings(group: readonly ReadStack[]): readonly Finding[] {
  return group
    .flatMap(({ code }) => (code ? codeDifferences(code) : []))
    .map((difference) =>
      withId({ ...difference, severity: severityOf(difference, undefined), unattributed: NOT_A_CHANGE }),
    );
}

/** Of every group together, with the rules applied. */
function comparisonOf(
  stacks: readonly ReadStack[],
  found: readonly (SinceBaseline & { readonly findings: readonly Finding[]; readonly wentOn: WentOn | undefined })[],
  rules: readonly IgnoreRule[],
): Comparison {
  const judged = applyRules(
    found.flatMap(({ findings }) => findings),
    rules,
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
    ...wentOnFrom(found[0]?.wentOn),
  };
}

function wentOnFrom(wentOn: WentOn | undefined): Pick<Comparison, 'incremental'> {
  if (!wentOn) return {};
  const { wholeBecause, changes, keysRead } = wentOn;
  return { incremental: wholeBecause === undefined ? { changes, keysRead } : { wholeBecause } };
}

/** @param keeping undefined: everything is compared, and nothing is left for the next comparison */
async function compareGroup(
  connection: Connection,
  comparer: Comparer,
  keeping: Keeping | undefined,
): Promise<{
  readonly findings: readonly Finding[];
  readonly since: SinceBaseline;
  readonly memory?: Memory;
  readonly wentOn?: WentOn;
}> {
  if (!keeping) {
    const compared = await comparer.compare();
    const findings = [...compared.findings, ...compared.others];
    return { findings, since: await comparer.since(findings) };
  }
  const last = keeping.isIncremental ? await lastMemory(connection, keeping.stackName) : 'it was not asked for';
  const wentOn = await goOn(connection, digestOf(keeping.inputs), last, comparer, Date.now());
  const { memory } = wentOn;
  const findings = [...memory.findings, ...memory.others];
  return { findings, since: memory.since, memory, ...(keeping.isIncremental && { wentOn }) };
}

type ComparedExtent = Pick<Extent, 'baseline' | 'complete' | 'settings'> & Pick<Stack, 'region'>;

/** How a group is compared: everything, or what changes have touched. */
export function comparerOf(
  connection: Connection,
  resources: readonly DeclaredResource[],
  options: ComparedExtent,
  compare: CompareOptions,
): Comparer {
  return {
    compare: (touched, kept = []) => findDrift(resources, connection, compare, options, touched, kept),
    since: (findings) => {
      const compared = { ...compare, declared: resources, accessOf: readAccess(connection) };
      return sinceBaseline(connection, options.baseline, compared, findings);
    },
    isSince: (since) => isSinceBaseline(connection, options.baseline, since),
  };
}

/** Stacks with the same are compared together. */
export const controlPlaneOf = ({ endpoint, profile }: Stack): string => JSON.stringify([endpoint, profile]);

/**
 * @param touched only what changes have touched is read
 * @param kept findings of the last comparison, of which those stay that are about something else
 */
async function findDrift(
  state: readonly DeclaredResource[],
  connection: Connection,
  options: CompareOptions,
  { complete, settings, region }: ComparedExtent,
  touched: Touched | undefined,
  kept: readonly Finding[],
): Promise<Compared> {
  const declared = state.filter(({ type }) => isOfKeys(type));
  const regions = [...new Set(state.map((one) => one.region))];
  const wanted = touched ? declared.filter((resource) => concernsResource(touched, resource)) : declared;
  const [actual, all, others] = await Promise.all([
    readActual(wanted, connection),
    complete ? readUndeclared(connection, regions, touched) : [],
    findIdentityDrift(state, connection, options, { complete, regions, settings, region }),
  ]);
  const isWanted = new Set(wanted);
  const differences = [
    ...compareAll(declared, actual, options, (resource) => isWanted.has(resource)),
    ...unmanagedKeys(all, declared),
  ];
  const log = readEvents(connection);
  const accessOf = readAccess(connection);
  const found = await Promise.all(
    differences.map(async (difference): Promise<Finding> => {
      const [access, cause] = await Promise.all([accessOf(difference), findCause(log, difference)]);
      const severity = severityOf(difference, access);
      return { id: idOf(difference), severity, ...shown(difference), ...defined({ access }), ...cause };
    }),
  );
  const addresses = new Set(wanted.map(({ address }) => address));
  const stay = touched ? kept.filter((finding) => !concernsFinding(touched, addresses, finding)) : [];
  return {
    findings: [...stay, ...found],
    others: others.map((finding) => withId(shown(finding))),
    watched: watchedOf([...actual.all, ...all]),
    // A custom key store loses its connection without a change.
    mustCompare: state.some(({ type }) => type === 'aws_kms_custom_key_store'),
    keysRead: actual.all.length,
  };
}

function readUndeclared(connection: Connection, regions: readonly string[], touched: Touched | undefined) {
  return touched ? readTheseKeys(connection, regions, [...touched.keyIds]) : readAllKeys(connection, regions);
}

/** The same for the same difference in every run: of what it is about, and not of its values. */
function idOf({ resourceArn, attribute, what, grantId = '' }: Omit<Difference, 'isSensitive'>): string {
  const name = JSON.stringify([resourceArn, attribute, what, grantId]);
  return createHash('sha256').update(name).digest('hex').slice(0, 10);
}

const withId = (finding: Omit<Finding, 'id'>): Finding => ({ id: idOf(finding), ...finding });

/** The worst first; of one severity in an order that does not depend on how they were found. */
const bySeverity = (a: Finding, b: Finding) =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) || compareTexts(placeOf(a), placeOf(b));

const placeOf = ({ address, resourceArn, attribute, id }: Finding) =>
  [address ?? resourceArn, attribute, id].join('\n');
const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Values that Terraform hides stay hidden; the difference is shown. */
function shown<Shown extends Pick<Difference, 'isSensitive' | 'declared' | 'actual' | 'details'>>({
  isSensitive,
  ...difference
}: Shown): Omit<Shown, 'isSensitive'> {
  if (!isSensitive) return difference;
  const hide = (value: unknown) => (value === undefined ? undefined : '(sensitive value)');
  return { ...difference, declared: hide(difference.declared), actual: hide(difference.actual), details: undefined };
}
