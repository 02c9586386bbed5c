/**
 * `keystead ci roles`: the roles of a pipeline's jobs, as Terraform, constructs or policy documents, or created at once.
 */
import { writeFileSync } from 'node:fs';
import { isAccountId } from '@keystead/provider-schema/arn.ts';
import { managedKinds } from '@keystead/provider-schema/pipeline-roles/permissions.ts';
import { type PipelineRolesOptions, pipelineRoles, tokenUses } from '@keystead/provider-schema/pipeline-roles/roles.ts';
import { ciProviders, PipelineRolesError } from '@keystead/provider-schema/pipeline-roles/source.ts';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { constructsOf } from './roles-constructs.ts';
import { createRoles } from './roles-create.ts';
import { hclOf } from './roles-hcl.ts';
import { jsonOf } from './roles-json.ts';

const formats = ['hcl', 'constructs', 'json'] as const;

interface RolesOptions extends ConnectionOptions, Omit<PipelineRolesOptions, 'repository' | 'repositoryId'> {
  readonly repo: string;
  readonly repoId?: string;
  readonly format: (typeof formats)[number];
  readonly account?: string;
  readonly oidcProvider: boolean;
  readonly create?: true;
  readonly yes?: true;
  readonly jwksFile?: string;
  readonly jwksUrl?: string;
  readonly out?: string;
}

const examples = `
Examples:
  keystead ci roles --repo team/app --provider github > roles.tf
  keystead ci roles --repo group/app --provider gitlab --issuer https://gitlab.example.com --environment production
  keystead ci roles --repo team/app --provider github --create --yes

Exit codes: 0 printed or created, 1 error.`;

export function rolesCommand(): Command {
  const command = withConnectionOptions(
    new Command('roles').description(
      'The roles for the plan, apply and drift jobs of one repository: who can take them, and what they may do.',
    ),
  )
    .requiredOption('--repo <name>', 'OWNER/NAME, in the case in which the CI system writes it')
    .addOption(new Option('--provider <name>', 'CI system').choices(ciProviders).makeOptionMandatory())
    .option('--branch <name>', 'whose commits are applied and compared (default: "main")')
    .option('--environment <name>', 'environment of the apply job (default: every job of the branch can apply)')
    .option('--issuer <url>', "issuer of the identity tokens (default: GitHub's or gitlab.com's)")
    .option('--prefix <name>', "begins the roles' names (default: the name of the repository)")
    .option('--audience <name>', 'audience that the jobs ask for in their tokens (default: "keystead")')
    .option('--repo-id <number>', 'number of the repository: one that is made anew under its name gets nothing')
    .option('--owner-id <number>', 'GitHub: number of the owner, with --repo-id')
    .option('--workflow <ref>', 'workflow or CI configuration, with its ref, that every job must come from')
    .option('--networks <cidrs...>', 'networks from which the jobs come (default: any)')
    .addOption(
      new Option('--token-use <how>', 'how often an identity token opens a session (default: "session")').choices(
        tokenUses,
      ),
    )
    .addOption(
      new Option('--manages <kinds...>', 'what the stacks declare').choices(managedKinds).default(['keys'], '"keys"'),
    )
    .addOption(new Option('--format <name>', 'what to print').choices(formats).default('hcl'))
    .option('--account <id>', 'account in the documents (default: for json, the one of the credentials)')
    .option('--no-oidc-provider', 'leave out the OIDC provider, because it exists')
    .option('--out <file>', 'write to a file')
    .option('--create', 'create them, or change those that exist')
    .option('--yes', 'with --create: without this, only say what would be done')
    .option('--jwks-file <file>', "with --create: the CI system's public keys, if the control plane cannot fetch them")
    .addOption(new Option('--jwks-url <url>', 'with --create: where its public keys are').conflicts('jwksFile'))
    .addHelpText('after', examples);
  return command.action(async () => {
    const options = command.opts<RolesOptions>();
    const set = unlessMistaken(() => pipelineRoles(asked(options)));
    if (options.create) return createRoles(await connect(options), set, options);
    const text = await printed(options);
    if (options.out === undefined) console.log(text);
    else writeOut(options.out, `${text}\n`);
  });
}

const asked = ({ repo, repoId, ...options }: RolesOptions): PipelineRolesOptions => ({
  ...options,
  repository: repo,
  repositoryId: repoId,
});

async function printed(options: RolesOptions): Promise<string> {
  const { account, format, oidcProvider: declaresProvider } = options;
  if (account !== undefined && !isAccountId(account)) {
    throw new CommandError(`--account: "${account}" is not an account id.`, 'Write 12 digits.');
  }
  const roles = pipelineRoles(asked(options));
  if (format === 'constructs') return constructsOf(asked(options), { declaresProvider, account });
  if (format === 'hcl') return hclOf(roles, { account, declaresProvider });
  return jsonOf(roles, account ?? (await (await connect(options)).call('GetCallerIdentity', {})).Account);
}

function unlessMistaken<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof PipelineRolesError ? new CommandError(error.message, error.hint) : error;
  }
}

function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}.`, 'Name another file with --out.');
  }
}
