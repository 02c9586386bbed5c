/** `keystead ci apply`: does what a saved plan says, and nothing else. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { acceptChanges } from '../drift/baseline.ts';
import { CommandError } from '../shared/report.ts';
import { requireApplied } from './changes/applied.ts';
import { parsePlan } from './changes/plan-json.ts';
import { otherState, staleState } from './runs/failures.ts';
import { initialize, inPrivateDirectory, withPlan } from './runs/make-plan.ts';
import { outputOf, type Place, placeOf, runTerraform } from './runs/terraform.ts';
import { type Opening, readContent, readMeta } from './saved/artifact.ts';
import { codeOf } from './saved/code.ts';
import { type PlanMeta, stateVersionOf } from './saved/meta.ts';
import { differencesOf } from './saved/same-plan.ts';
import { sameOptions, sameStack } from './saved/same-stack.ts';
import {
  connecting,
  initArguments,
  lockArguments,
  planArguments,
  planOptionsOf,
  type StackOptions,
  withStackOptions,
} from './stack-options.ts';

interface ApplyCommandOptions extends StackOptions {
  readonly plan: string;
  /** False: --no-replan. */
  readonly replan: boolean;
  readonly baseline?: string;
  readonly by?: readonly string[];
}

const help = `
Refused, before anything is applied: a plan of another stack, workspace, state or code, or with other options; a state
that moved on; a file that was changed; and what a new plan of the code that is here does not say in the same way.

The new plan is the one that is applied, so nothing that the artifact contains runs under the apply role. Code that
calls timestamp() plans other values each time; --no-replan applies the file itself. Use it only where nobody but the
job that made the plan can write the artifact.

Examples:
  keystead ci apply --dir stacks/orders --plan plan
  keystead ci apply --dir stacks/orders --baseline orders --by arn:aws:iam::111122223333:role/ci-apply

Exit codes: 0 applied, or nothing to do; 1 error, with what was applied until then.`;

export function applyCommand(): Command {
  const command = withStackOptions(new Command('apply').description('Apply exactly what a saved plan says.'))
    .option('--plan <dir>', 'directory of the saved plan', 'plan')
    .option('--encrypt-with <key>', 'refuse a plan that is not encrypted with this key')
    .option('--no-replan', 'apply the saved file without planning again')
    .option('--baseline <name>', 'then record that these changes were meant, as keystead drift accept does')
    .option('--by <arns...>', 'with --baseline: the roles that apply; a change of anybody else is not accepted')
    .addHelpText('after', help);
  return command.action(async () => {
    const options = command.opts<ApplyCommandOptions>();
    if (options.baseline !== undefined && options.by === undefined) {
      throw new CommandError(
        '--baseline needs --by: otherwise changes of everybody would be accepted.',
        'Name the role under which this job applies.',
      );
    }
    const meta = await readMeta(options.plan);
    await applyPlan(options, meta);
    await accept(options, meta);
  });
}

async function applyPlan(options: ApplyCommandOptions, meta: PlanMeta): Promise<void> {
  const place = placeOf(options.terraform, options.dir, options.workspace);
  await initialize(place, initArguments(options));
  sameOptions(meta, planOptionsOf(options));
  const workspace = (await outputOf(place, ['workspace', 'show'], 'Run terraform init in the directory.')).trim();
  sameStack(meta, { ...(await codeOf(options.dir, options.plan)), workspace });
  await requireSameState(place, meta);
  const opening: Opening = { connect: connecting(options), keyId: options.encryptWith };
  if (!meta.hasChanges) {
    await readContent(options.plan, 'json', meta, opening);
    console.log('The plan has no changes: nothing is applied.');
    return;
  }
  await (options.replan ? applyNewPlan : applySavedFile)(options, meta, place, opening);
}

async function requireSameState(place: Place, { state }: PlanMeta): Promise<void> {
  const now = stateVersionOf(await outputOf(place, ['state', 'pull'], 'The state must be readable.'));
  if (state.lineage !== '' && now.lineage !== state.lineage) throw otherState();
  if (now.lineage !== state.lineage || now.serial !== state.serial) throw staleState();
}

async function applyNewPlan(
  options: ApplyCommandOptions,
  meta: PlanMeta,
  place: Place,
  opening: Opening,
): Promise<void> {
  const saved = parsePlan((await readContent(options.plan, 'json', meta, opening)).toString(), 'the saved plan');
  await withPlan(
    place,
    (file) => planArguments(options, file),
    async ({ file, json }) => {
      const differences = differencesOf(saved, parsePlan(json.toString(), 'the new plan'));
      if (differences.length > 0) throw notTheSame(differences);
      console.log('A new plan of this code says the same as the saved one, and is applied.');
      await applyFile(options, place, file, json);
    },
  );
}

function notTheSame(differences: readonly string[]): CommandError {
  const more = differences.length > 10 ? `; and ${differences.length - 10} more` : '';
  return new CommandError(
    `The code, its inputs or what runs changed after this plan was made: a plan made now differs in ${differences.slice(0, 10).join('; ')}${more}. Nothing was applied.`,
    'Make a new plan, have it reviewed, and apply that one. keystead drift says what was changed by hand.',
  );
}

async function applySavedFile(
  options: ApplyCommandOptions,
  meta: PlanMeta,
  place: Place,
  opening: Opening,
): Promise<void> {
  const content = await readContent(options.plan, 'plan', meta, opening);
  await inPrivateDirectory(async (directory) => {
    const file = join(directory, 'plan.tfplan');
    await writeFile(file, content, { mode: 0o600 });
    const shown = await outputOf(place, ['show', '-json', '-no-color', file], 'Make the plan anew.');
    await applyFile(options, place, file, Buffer.from(shown));
  });
}

async function applyFile(options: ApplyCommandOptions, place: Place, file: string, json: Buffer): Promise<void> {
  const args = ['apply', '-input=false', '-json', ...lockArguments(options), file];
  const ended = await runTerraform(place, args);
  console.log(requireApplied(parsePlan(json.toString(), 'the plan'), ended));
}

async function accept(options: ApplyCommandOptions, { commit }: PlanMeta): Promise<void> {
  const { baseline, by } = options;
  if (baseline === undefined || by === undefined) return;
  const note = `keystead ci apply${commit === undefined ? '' : ` of ${commit}`}`;
  const accepted = await acceptChanges(await connecting(options)(), { baseline, by, note }).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`Applied, but the baseline ${baseline} was not accepted. ${error.message}`, error.hint);
  });
  console.log(accepted.join('\n'));
}
