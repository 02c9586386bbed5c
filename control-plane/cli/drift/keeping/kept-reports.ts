/** The reports of a stack that the control plane keeps: the last one as it can be gone on from, and a new one. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { keysteadShapes } from '@keystead/provider-schema/shapes/keystead/structures.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import type { Comparison } from '../findings/finding.ts';
import { countsOf } from '../findings/groups.ts';
import { type Memory, pack, unpack } from './memory.ts';

const { max: MAX_DOCUMENT_BYTES } = keysteadShapes.DriftDocumentType;
const STACK_NAME = new RegExp(keysteadShapes.DriftStackNameType.pattern);

/** Before anything is compared. @throws CommandError for a name that no stack can have */
export function requireStackName(name: string): void {
  if (STACK_NAME.test(name) && name.length <= keysteadShapes.DriftStackNameType.max) return;
  throw new CommandError(
    `--publish: "${name}" is not a name of a stack.`,
    'Write letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit.',
  );
}

/** @returns a text: why the last report cannot be gone on from */
export async function lastMemory(connection: Connection, stackName: string): Promise<Memory | string> {
  const [last, caller] = await Promise.all([
    connection.call('GetDriftReport', { StackName: stackName }).catch(whyNot),
    connection.call('GetCallerIdentity', {}),
  ]);
  if (typeof last === 'string') return last;
  const { DriftReport, Continuation } = last;
  // Whoever may put reports could otherwise tell this comparison what not to look at.
  if (roleOrUser(DriftReport.PublishedBy) !== roleOrUser(caller.Arn ?? '')) {
    return `the last report is by ${DriftReport.PublishedBy}`;
  }
  if (Continuation === undefined) return 'the last report does not say enough';
  return (await unpack(Continuation)) ?? 'another version wrote the last report';
}

function whyNot(error: unknown): string {
  if (error instanceof Refusal && error.code === 'NoSuchEntityException') return 'it is the first report';
  if (error instanceof Refusal && error.code === 'AccessDeniedException') {
    return `the last report cannot be read: ${error.message}`;
  }
  throw error;
}

/** Account and name of a role, whether it is given as the role or as its session; of others the ARN. */
function roleOrUser(arn: string): string {
  const [, account, name] = /^arn:[^:]*:sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  const [, ofAccount, ofName] = /^arn:[^:]*:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (name !== undefined) return `role ${account} ${name}`;
  return ofName === undefined ? arn : `role ${ofAccount} ${ofName}`;
}

/** @returns the number that the report got */
export async function publish(
  connection: Connection,
  stackName: string,
  comparison: Comparison,
  document: (comparison: Comparison) => string,
  memory: Memory,
): Promise<number> {
  const { DriftReport } = await connection
    .call('PutDriftReport', {
      StackName: stackName,
      Sequence: memory.position.sequence,
      Resources: comparison.resources,
      Findings: countsOf(comparison.findings).map(([Severity, Count]) => ({ Severity, Count })),
      Document: Buffer.from(boundedDocument(comparison, document)).toString('base64'),
      ...defined({ Continuation: await pack(memory) }),
    })
    .catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
      throw new CommandError(
        `The report cannot be published. ${error.message}`,
        `It needs keystead:PutDriftReport on the drift reports of the stack ${stackName}, and --incremental ` +
          'keystead:GetDriftReport.',
      );
    });
  return DriftReport.Number;
}

/** The worst findings that have room; the counts beside the document are always of all. */
function boundedDocument(comparison: Comparison, document: (comparison: Comparison) => string): string {
  const { findings, notes } = comparison;
  const lines = (shown: number) => {
    const note = `Only the first ${shown} of ${findings.length} differences have room in the report that is kept.`;
    const part = { ...comparison, findings: findings.slice(0, shown), notes: [...notes, note] };
    return JSON.stringify(JSON.parse(document(shown === findings.length ? comparison : part)));
  };
  for (let shown = findings.length; ; shown = Math.floor(shown * 0.8)) {
    const text = lines(shown);
    if (Buffer.byteLength(text) <= MAX_DOCUMENT_BYTES || shown === 0) return text;
  }
}
