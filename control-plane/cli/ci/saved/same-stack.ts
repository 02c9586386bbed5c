/** Whether a saved plan is about what lies here. Each refusal names both sides. */
import { CommandError } from '../../shared/report.ts';
import type { Code } from './code.ts';
import type { PlanMeta, PlanOptions } from './meta.ts';

/** @throws CommandError for a plan of another stack, workspace or code */
export function sameStack(meta: PlanMeta, here: Code & { readonly workspace: string }): void {
  if (meta.stack !== here.stack) {
    throw refused(`This plan is of the stack ${meta.stack}, and this is ${here.stack}`, 'Correct --dir or --plan.');
  }
  if (meta.workspace !== here.workspace) {
    throw refused(
      `This plan is of the workspace ${meta.workspace}, and this is ${here.workspace}`,
      'Correct --workspace or --plan.',
    );
  }
  if (meta.codeSha256 === here.digest) return;
  const of = ({ commit }: { readonly commit?: string }) => (commit === undefined ? '' : ` (commit ${commit})`);
  throw refused(
    `This plan was made of other code${of(meta)} than what is here${of(here)}`,
    'The branch was not up to date when the plan was made, or more was merged since. Make a new plan of this code, and have it reviewed.',
  );
}

/** @throws CommandError for a plan with other options */
export function sameOptions({ options }: PlanMeta, here: PlanOptions): void {
  if (JSON.stringify(options.varFile) !== JSON.stringify(here.varFile)) {
    const list = ({ varFile }: PlanOptions) => varFile.join(' ') || 'none';
    throw refused(
      `This plan was made with --var-file ${list(options)}, and here it is ${list(here)}`,
      'Give the same files.',
    );
  }
  if (options.destroy === here.destroy) return;
  throw refused(
    options.destroy
      ? 'This plan destroys the stack, and --destroy is not given'
      : 'This plan does not destroy the stack, and --destroy is given',
    'Give the options of the plan.',
  );
}

const refused = (why: string, hint: string): CommandError => new CommandError(`${why}. Nothing was applied.`, hint);
