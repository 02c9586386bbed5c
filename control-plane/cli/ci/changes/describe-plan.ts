/** A plan in Markdown, for a comment on a pull request and for a file that has all of it. Pure. */

import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { count } from '../../drift/reports/words.ts';
import { codeSpan, hiddenMarker, htmlCode } from '../../shared/markdown.ts';
import type { Diagnostic } from '../runs/messages.ts';
import type { PlannedAccess } from './access.ts';
import { type AttributeChange, attributeChanges } from './attributes.ts';
import { type Action, actionOf, actionsInOrder, type PlanJson, type ResourceChange } from './plan-json.ts';
import { type Hide, hiding } from './secrets.ts';

export interface ToDescribe {
  readonly stack: string;
  readonly workspace: string;
  readonly commit?: string;
  readonly plan: PlanJson;
  readonly warnings: readonly Diagnostic[];
  readonly access: readonly PlannedAccess[];
  /** Address of the page of the job, if the CI system says it. */
  readonly jobUrl?: string;
}

/** A comment of GitHub has room for 65,536 characters; what a forge adds to it must fit too. */
const COMMENT_BYTES = 62_000;
/** So that a section in front does not take the room of those behind it. */
const share = { warnings: 12_000, access: 20_000 } as const;

interface Size {
  /** Of the whole text. */
  readonly bytes: number;
  readonly warningBytes: number;
  readonly accessBytes: number;
  readonly textLength: number;
  readonly actions: number;
}

const ofComment: Size = {
  bytes: COMMENT_BYTES,
  warningBytes: share.warnings,
  accessBytes: share.access,
  textLength: 400,
  actions: 12,
};
const ofFile: Size = {
  bytes: Number.POSITIVE_INFINITY,
  warningBytes: Number.POSITIVE_INFINITY,
  accessBytes: Number.POSITIVE_INFINITY,
  textLength: Number.POSITIVE_INFINITY,
  actions: Number.POSITIVE_INFINITY,
};

/** Cut where a comment has no more room, with the number of what is left out. */
export const planComment = (about: ToDescribe): string => describe(about, ofComment);
/** Everything. */
export const planInFull = (about: ToDescribe): string => describe(about, ofFile);

function describe(about: ToDescribe, size: Size): string {
  const hide = hiding(about.plan);
  const head = headOf(about, hide);
  const changed = inOrder(about.plan.resource_changes ?? []);
  const warnings = fitting(
    'Warnings',
    about.warnings.map((one) => warningLine(one, hide, size)),
    size.warningBytes,
  );
  const access = fitting('Who gains or loses what', accessBlocks(about.access, hide, size), size.accessBytes);
  const outputs = Object.entries(about.plan.output_changes ?? {}).flatMap(([name, { actions }]) =>
    actions.includes('no-op') ? [] : [`- output ${codeSpan(name)}: ${actions.join(', ')}`],
  );
  const room = size.bytes - bytesOf([head, warnings.text, access.text].join('\n')) - 1_000;
  const changes = fitting('Changes', [...changed.map((one) => resourceBlock(one, hide, size)), ...outputs], room);
  const left = [
    ...(warnings.left > 0 ? [count(warnings.left, 'warning')] : []),
    ...(access.left > 0 ? [`${count(access.left, 'line')} about access`] : []),
    ...(changes.left > 0 ? [count(changes.left, 'change')] : []),
  ];
  const where = about.jobUrl === undefined ? 'the artifact of this run' : `the artifact of [this run](${about.jobUrl})`;
  const rest =
    left.length === 0 ? '' : `\n**Left out here: ${left.join(', ')}.** \`changes.md\` in ${where} has all of it.\n`;
  return [head, warnings.text, access.text, changes.text, rest].filter((part) => part !== '').join('\n');
}

function headOf({ stack, workspace, commit, plan }: ToDescribe, hide: Hide): string {
  const drifted = (plan.resource_drift ?? []).filter(({ change }) => !change.actions.includes('no-op'));
  const counts = countsOf(plan.resource_changes ?? []);
  const outputs = Object.values(plan.output_changes ?? {}).some(({ actions }) => !actions.includes('no-op'));
  const what = counts === '' ? (outputs ? 'only outputs change' : 'no changes') : counts;
  const names = drifted.slice(0, 10).map(({ address }) => codeSpan(hide(address)));
  const more = drifted.length > names.length ? ` and ${drifted.length - names.length} more` : '';
  return [
    hiddenMarker('keystead-plan', { stack, workspace }),
    `### Plan for ${codeSpan(stack)}: ${what}`,
    '',
    `Workspace ${codeSpan(workspace)}${commit === undefined ? '' : `, commit ${codeSpan(commit)}`}.`,
    ...(drifted.length === 0
      ? []
      : ['', `Changed outside of Terraform since the last apply: ${names.join(', ')}${more}.`]),
    '',
  ].join('\n');
}

const counted: readonly (readonly [Action, string])[] = [
  ['replace', 'to replace'],
  ['delete', 'to destroy'],
  ['forget', 'to forget'],
  ['update', 'to change'],
  ['create', 'to add'],
  ['import', 'to import'],
  ['move', 'to move'],
];

/** `1 to replace, 2 to add` */
export function countsOf(changes: readonly ResourceChange[]): string {
  const of = (wanted: Action) => changes.filter((change) => actionOf(change) === wanted).length;
  return counted.flatMap(([action, words]) => (of(action) > 0 ? [`${of(action)} ${words}`] : [])).join(', ');
}

const inOrder = (changes: readonly ResourceChange[]): readonly ResourceChange[] =>
  actionsInOrder.flatMap((action) => changes.filter((change) => actionOf(change) === action));

function warningLine({ summary, detail, address }: Diagnostic, hide: Hide, { textLength }: Size): string {
  const about = address === undefined ? '' : ` ${codeSpan(hide(address))}`;
  const more = detail === '' ? '' : `: ${codeSpan(cut(hide(detail), textLength * 2))}`;
  return `- **${codeSpan(cut(hide(summary), textLength))}**${about}${more}`;
}

function accessBlocks(access: readonly PlannedAccess[], hide: Hide, size: Size): readonly string[] {
  return access.flatMap(({ address, by, changes, notes }) => {
    const about = `${codeSpan(hide(address))}, ${by}`;
    const lines = changes.flatMap(({ principal, gained, lost, mayGain, mayLose }) => [
      ...actionsLine(about, 'gains', principal, gained, hide, size),
      ...actionsLine(about, 'may gain, by conditions,', principal, mayGain, hide, size),
      ...actionsLine(about, 'loses', principal, lost, hide, size),
      ...actionsLine(about, 'may lose, by conditions,', principal, mayLose, hide, size),
    ]);
    return [
      ...lines,
      ...notes.map((note) => `- ${about}: ${note.startsWith('Not decided') ? codeSpan(hide(note)) : note}`),
    ];
  });
}

/** Everything that is decided for a key. */
const keyActions: readonly string[] = Object.values<OperationRecord>(operations).flatMap(({ targets }) =>
  targets.flatMap((target) => (target.kind === 'key' ? [target.action] : [])),
);

function actionsLine(
  about: string,
  verb: string,
  principal: string,
  actions: readonly string[],
  hide: Hide,
  { actions: shown }: Size,
): readonly string[] {
  if (actions.length === 0) return [];
  if (keyActions.every((action) => actions.includes(action))) {
    return [`- ${about}: ${codeSpan(hide(principal))} **${verb}** every action`];
  }
  const names = actions.slice(0, shown).map((action) => codeSpan(action));
  const more = actions.length > names.length ? ` and ${actions.length - names.length} more` : '';
  return [`- ${about}: ${codeSpan(hide(principal))} **${verb}** ${names.join(', ')}${more}`];
}

function resourceBlock(resource: ResourceChange, hide: Hide, size: Size): string {
  const { address, previous_address: previous, change } = resource;
  const action = actionOf(resource) ?? 'update';
  const from = previous !== undefined && previous !== address ? ` (was ${htmlCode(hide(previous))})` : '';
  const summary = `${action} ${htmlCode(hide(address))}${from}`;
  const lines = attributeChanges(change).map((one) => attributeLine(one, hide, size));
  if (lines.length === 0) return `<details><summary>${summary}</summary></details>`;
  return [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>'].join('\n');
}

function attributeLine(
  { name, before, after, details = [], replaces }: AttributeChange,
  hide: Hide,
  size: Size,
): string {
  const show = (text: string) => codeSpan(cut(hide(text), size.textLength));
  const forced = replaces ? ' (forces replacement)' : '';
  if (details.length > 0) {
    return [
      `- ${codeSpan(hide(name))} changes in meaning${forced}:`,
      ...details.map((line) => `  - ${show(line)}`),
    ].join('\n');
  }
  const values =
    before === undefined ? show(after ?? '') : `${show(before)} → ${after === undefined ? 'none' : show(after)}`;
  return `- ${codeSpan(hide(name))}: ${values}${forced}`;
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… (${text.length - length} more characters)`;
}

/** The blocks that the room has, and the number of the others. */
function fitting(
  title: string,
  blocks: readonly string[],
  room: number,
): { readonly text: string; readonly left: number } {
  if (blocks.length === 0) return { text: '', left: 0 };
  const shown: string[] = [];
  let used = 0;
  for (const block of blocks) {
    used += bytesOf(block) + 1;
    if (used > room) break;
    shown.push(block);
  }
  return { text: [`**${title}**`, '', ...shown, ''].join('\n'), left: blocks.length - shown.length };
}

const bytesOf = (text: string): number => Buffer.byteLength(text);
