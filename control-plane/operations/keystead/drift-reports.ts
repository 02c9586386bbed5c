/** Drift reports, kept for whoever follows them. The operations are Keystead's own. */
import { driftReportsArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { DriftReport, DriftSeverityType } from '@keystead/provider-schema/generated/types.ts';
import { limits, pageSize } from '@keystead/provider-schema/limits.ts';
import type { driftReportsOperations } from '@keystead/provider-schema/operations/keystead/drift-reports.ts';
import { keysteadShapes } from '@keystead/provider-schema/shapes/keystead/structures.ts';
import type { Context } from '../../context/context.ts';
import { bumpAccountRevision } from '../../mutations/identity-mutations.ts';
import type { DriftReportEntry } from '../../storage/port/drift-reports.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { DriftStackRow } from '../../storage/port/tables.ts';
import { noSuchEntity, requireAccount, requireRoom } from '../iam/identity-change.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { markedPage } from '../shared/paging.ts';
import { requireChange } from './changes.ts';

/** A report has no row in the change log: it would be a change of what it reports on. */
const putDriftReport: Implementation<'PutDriftReport'> = {
  async run(ctx, { StackName, Sequence, Resources, Findings, Document, Continuation }) {
    requireDocument(Document);
    const stack = await ctx.store.findDriftStack(ctx.accountId, StackName);
    const last = stack && (await ctx.store.findDriftReport(ctx.accountId, StackName, stack.last_number));
    if (last && Sequence < last.sequence) throw older(StackName, Sequence, last.sequence);
    await requireChange(ctx, Sequence);
    const number = (stack?.last_number ?? 0) + 1;
    const name = { account_id: ctx.accountId, stack_name: StackName };
    const row = {
      ...name,
      number,
      published_at_ms: ctx.nowMs,
      published_by: callerArn(ctx),
      sequence: Sequence,
      resources: Resources,
      findings: JSON.stringify(Object.fromEntries(Findings.map(({ Severity, Count }) => [Severity, Count]))),
      document: Document,
    };
    const forgotten = number - limits.driftReportsPerStack;
    return {
      output: { DriftReport: reportOf(row) },
      mutations: [
        ...(await lastReport(ctx, stack, { ...name, last_number: number, continuation: Continuation ?? null })),
        { op: 'insert', table: 'drift_reports', row },
        ...(forgotten < 1 ? [] : [forget({ ...name, number: forgotten })]),
      ],
      audit: aboutStack(ctx, StackName),
    };
  },
};

/** The account's new revision lets one of two new stacks wait for the other, so that they are counted. */
async function lastReport(
  ctx: Context,
  stack: DriftStackRow | undefined,
  { account_id, stack_name, ...set }: Omit<DriftStackRow, 'revision'>,
): Promise<readonly Mutation[]> {
  const key = { account_id, stack_name };
  if (stack) return [{ op: 'update', table: 'drift_stacks', key, revision: stack.revision, set }];
  const account = await requireAccount(ctx);
  requireRoom('DriftStacksPerAccount', limits.driftStacksPerAccount, await ctx.store.countDriftStacks(account_id));
  return [bumpAccountRevision(account), { op: 'insert', table: 'drift_stacks', row: { ...key, ...set } }];
}

const forget = (where: { readonly account_id: string; readonly stack_name: string; readonly number?: number }) =>
  ({ op: 'deleteAll', table: 'drift_reports', where }) as const;

const older = (stack: string, sequence: number, kept: number) =>
  new KmsError(
    'ValidationException',
    `The last report of the stack ${stack} compared up to change ${kept}; this one did only up to ${sequence}. Compare again.`,
  );

/** @throws KmsError ValidationException */
function requireDocument(bytes: Uint8Array): void {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const document = JSON.parse(text) as { readonly formatVersion?: unknown; readonly findings?: unknown } | null;
    if (typeof document?.formatVersion === 'string' && Array.isArray(document.findings)) return;
  } catch {
    // Not UTF-8 or not JSON: refused as any other document.
  }
  throw new KmsError('ValidationException', 'Document is not a drift report: JSON with formatVersion and findings.');
}

const getDriftReport: Implementation<'GetDriftReport'> = {
  async run(ctx, { StackName, Number: number }) {
    const stack = await requireStack(ctx, StackName);
    const wanted = number ?? stack.last_number;
    const row = await ctx.store.findDriftReport(ctx.accountId, StackName, wanted);
    if (!row)
      throw noSuchEntity(
        `The stack ${StackName} does not have a drift report ${wanted}; the last is ${stack.last_number}.`,
      );
    const continuation = wanted === stack.last_number ? (stack.continuation ?? undefined) : undefined;
    return {
      output: { DriftReport: reportOf(row), Document: row.document, ...defined({ Continuation: continuation }) },
      audit: aboutStack(ctx, StackName),
    };
  },
};

const listDriftReports: Implementation<'ListDriftReports'> = {
  async run(ctx, { StackName, Limit, Marker }) {
    const request = {
      list: ['ListDriftReports', ctx.accountId, StackName ?? ''] as const,
      limit: pageSize('ListDriftReports', Limit),
      marker: Marker,
      refusal: () => new KmsError('InvalidMarkerException'),
    };
    const { rows, next } =
      StackName === undefined
        ? await markedPage(
            ctx,
            request,
            (page) => ctx.store.listLastDriftReports(ctx.accountId, page),
            (row) => row.stack_name,
          )
        : await markedPage(
            ctx,
            request,
            ({ after, limit }) =>
              ctx.store.listDriftReports(ctx.accountId, StackName, {
                limit,
                ...(after !== undefined && { before: Number(after) }),
              }),
            (row) => String(row.number),
          );
    return {
      output: {
        DriftReports: rows.map(reportOf),
        Truncated: next !== undefined,
        ...defined({ NextMarker: next }),
      },
    };
  },
};

const deleteDriftReports: Implementation<'DeleteDriftReports'> = {
  async run(ctx, { StackName }) {
    const { account_id, stack_name, revision } = await requireStack(ctx, StackName);
    const key = { account_id, stack_name };
    return {
      output: undefined,
      mutations: [{ op: 'delete', table: 'drift_stacks', key, revision }, forget(key)],
      audit: aboutStack(ctx, StackName),
    };
  },
};

/** @throws KmsError NoSuchEntityException */
async function requireStack(ctx: Context, stackName: string): Promise<DriftStackRow> {
  const stack = await ctx.store.findDriftStack(ctx.accountId, stackName);
  if (!stack) throw noSuchEntity(`There are no drift reports of a stack ${stackName}.`);
  return stack;
}

const severities = keysteadShapes.DriftSeverityType.enum;

function reportOf(row: DriftReportEntry): DriftReport {
  const counts = JSON.parse(row.findings) as Partial<Record<DriftSeverityType, number>>;
  return {
    StackName: row.stack_name,
    Number: row.number,
    PublishedAt: new Date(row.published_at_ms),
    PublishedBy: row.published_by,
    Sequence: row.sequence,
    Resources: row.resources,
    Findings: severities.map((Severity) => ({ Severity, Count: counts[Severity] ?? 0 })),
  };
}

function callerArn({ principal }: Context): string {
  return principal.kind === 'assumed-role' ? principal.roleArn : principal.arn;
}

function aboutStack({ accountId, region }: Context, stackName: string) {
  const ARN = driftReportsArn(accountId, stackName, region);
  return { resources: [{ accountId, type: 'Keystead::DriftReport', ARN }] } as const;
}

export const driftReportsFunctions: Implementations<typeof driftReportsOperations> = {
  PutDriftReport: putDriftReport,
  GetDriftReport: getDriftReport,
  ListDriftReports: listDriftReports,
  DeleteDriftReports: deleteDriftReports,
};
