/** The roles of a pipeline as a construct, to paste into a stack. */
import { type PipelineRolesOptions, pipelineRoles } from '@keystead/provider-schema/pipeline-roles/roles.ts';
import { CommandError } from '../shared/report.ts';
import { providerArn } from './roles-json.ts';

/** Whose values the construct has as they are. */
const members = [
  ...['repository', 'branch', 'environment', 'issuer', 'prefix', 'audience', 'repositoryId', 'ownerId', 'workflow'],
  'networks',
] as const satisfies readonly (keyof PipelineRolesOptions)[];

/** @throws CommandError when the OIDC provider exists already and its account is not given */
export function constructsOf(
  options: PipelineRolesOptions,
  { declaresProvider, account }: { readonly declaresProvider: boolean; readonly account: string | undefined },
): string {
  const { provider, tokenUse, manages = ['keys'] } = options;
  const isDefault = manages.length === 1 && manages[0] === 'keys';
  const props = {
    ciSystem: upper(provider),
    ...Object.fromEntries(members.map((name) => [name, options[name]])),
    tokenUse: tokenUse && upper(tokenUse),
    manages: isDefault ? undefined : manages.map(upper),
    oidcProvider: declaresProvider ? undefined : arnOf(options, account),
  };
  const lines = Object.entries(props).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name}: ${literal(value)},`],
  );
  return [
    "import { PipelineRoles } from '@keystead/constructs/cdktf';",
    '',
    "new PipelineRoles(stack, 'ci', {",
    ...lines,
    '});',
  ].join('\n');
}

const upper = (name: string) => name.toUpperCase().replaceAll('-', '_');

function arnOf(options: PipelineRolesOptions, account: string | undefined): string {
  if (account !== undefined) return providerArn(pipelineRoles(options).issuer, account);
  throw new CommandError('The ARN of the OIDC provider is not known.', 'Name its account with --account.');
}

const literal = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : `'${String(value).replaceAll(/[\\']/g, '\\$&')}'`;
