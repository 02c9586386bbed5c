/** `keystead ci plan`: makes a plan, keeps it as an artifact, and describes it for those who review it. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { Command } from 'commander';
import { count } from '../drift/reports/words.ts';
import { type PlannedAccess, plannedAccess } from './changes/access.ts';
import { planComment, planInFull, type ToDescribe } from './changes/describe-plan.ts';
import { parsePlan, type ResourceChange } from './changes/plan-json.ts';
import { terraformReport } from './changes/terraform-report.ts';
import { jobUrl } from './runs/job-url.ts';
import { initialize, type MadePlan, withPlan } from './runs/make-plan.ts';
import { outputOf, type Place, placeOf } from './runs/terraform.ts';
import { emptyArtifact, writeArtifact } from './saved/artifact.ts';
import { codeOf } from './saved/code.ts';
import { stateVersionOf } from './saved/meta.ts';
import {
  connecting,
  initArguments,
  planArguments,
  planOptionsOf,
  type StackOptions,
  withStackOptions,
} from './stack-options.ts';

interface PlanCommandOptions extends StackOptions {
  readonly out: string;
  readonly commit?: string;
  readonly provider: string;
}

const CHANGES = 2;

const help = `
Writes into the directory of --out:
  plan.tfplan, plan.json   the saved plan, with every value in it: mode 0600; with --encrypt-with as ….sealed
  plan.meta.json           what the plan is about: stack, workspace, state, code, digests; no values
  comment.md               for the pull request: what changes, warnings, who gains or loses what; cut to its room
  changes.md               the same, whole
  terraform-report.json    how many changes, for the merge request of GitLab

Examples:
  keystead ci plan --dir stacks/orders
  keystead ci plan --dir stacks/orders --encrypt-with alias/ci-plans --commit "$GITHUB_SHA"

Exit codes: 0 nothing to do, 2 changes, 1 error.`;

export function planCommand(): Command {
  const command = withStackOptions(
    new Command('plan').description('Make a plan, save it, and describe it for a review.'),
  )
    .option('--out <dir>', 'directory of the saved plan', 'plan')
    .option('--encrypt-with <key>', 'encrypt the saved plan with this key of the control plane: id, ARN or alias')
    .option('--commit <sha>', 'commit that the description names (default: what git says)')
    .option('--provider <source>', 'source address of the provider whose keys are evaluated', 'keystead/aws')
    .addHelpText('after', help);
  return command.action(async () => {
    const hasChanges = await plan(command.opts<PlanCommandOptions>());
    if (hasChanges) process.exitCode = CHANGES;
  });
}

async function plan(options: PlanCommandOptions): Promise<boolean> {
  await emptyArtifact(options.out);
  const place = placeOf(options.terraform, options.dir, options.workspace);
  await initialize(place, initArguments(options));
  return withPlan(
    place,
    (file) => planArguments(options, file),
    (made) => save(options, place, made),
  );
}

async function save(options: PlanCommandOptions, place: Place, made: MadePlan): Promise<boolean> {
  const connect = connecting(options);
  const code = await codeOf(options.dir, options.out);
  const workspace = (await outputOf(place, ['workspace', 'show'], 'Run terraform init in the directory.')).trim();
  const state = stateVersionOf(await outputOf(place, ['state', 'pull'], 'The state must be readable for a plan.'));
  const read = parsePlan(made.json.toString(), 'the plan');
  const access = await plannedAccess(read, ofProvider(options.provider), connect);
  const commit = options.commit ?? code.commit;
  const about: ToDescribe = {
    ...{ stack: code.stack, workspace, plan: read, warnings: made.warnings, access },
    ...defined({ commit, jobUrl: jobUrl(process.env) }),
  };
  const sealing =
    options.encryptWith === undefined ? undefined : { connection: await connect(), keyId: options.encryptWith };
  const meta = await writeArtifact(
    options.out,
    made,
    {
      ...{ madeAt: new Date().toISOString(), stack: code.stack, workspace, codeSha256: code.digest, state },
      ...{ options: planOptionsOf(options), hasChanges: made.hasChanges },
      ...defined({ commit }),
    },
    sealing,
    {
      'comment.md': planComment(about),
      'changes.md': planInFull(about),
      'terraform-report.json': terraformReport(read),
    },
  );
  const how =
    meta.encryptedWith === undefined ? 'not encrypted: it holds every value' : `encrypted with ${meta.encryptedWith}`;
  console.log(
    `${made.hasChanges ? 'The plan' : 'A plan without changes'} is in ${options.out}, ${how}.${sayAccess(access)}`,
  );
  return made.hasChanges;
}

function sayAccess(access: readonly PlannedAccess[]): string {
  const who = new Set(access.flatMap(({ changes }) => changes.map(({ principal }) => principal)));
  return who.size === 0 ? '' : ` It changes what ${count(who.size, 'principal')} can do: comment.md names them.`;
}

const ofProvider =
  (source: string) =>
  ({ provider_name: name = '' }: ResourceChange): boolean =>
    `/${name}`.endsWith(`/${source}`);
