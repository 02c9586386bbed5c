/** The roles of a pipeline as a Terraform configuration, in the form of `terraform fmt`. */
import {
  type PipelineRole,
  type PipelineRoles,
  permissionDocument,
  trustDocument,
} from '@keystead/provider-schema/pipeline-roles/roles.ts';
import { POLICY_NAME } from './roles-json.ts';

interface HclOptions {
  /** undefined: Terraform looks the account up. */
  readonly account: string | undefined;
  readonly declaresProvider: boolean;
}

/** Text that is an expression and not a value. */
class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function hclOf({ issuer, audience, roles }: PipelineRoles, options: HclOptions): string {
  const { account, declaresProvider } = options;
  const looksUp = account === undefined;
  const accountText = account ?? `\${${'data.aws_caller_identity.current.account_id'}}`;
  const ofAccount = `arn:aws:iam::${accountText}:oidc-provider/${issuer.slice('https://'.length)}`;
  const federated = declaresProvider ? new Expression('aws_iam_openid_connect_provider.ci.arn') : ofAccount;
  return [
    ...(looksUp ? ['data "aws_caller_identity" "current" {}', ''] : []),
    ...(declaresProvider
      ? [block('aws_iam_openid_connect_provider', 'ci', { url: issuer, client_id_list: [audience] }), '']
      : []),
    ...roles.flatMap((role) => [...blocksOf(role, accountText, federated), '']),
    `output "role_arns" {\n  value = ${valueText(outputs(roles), '  ')}\n}`,
  ].join('\n');
}

function blocksOf(role: PipelineRole, account: string, federated: unknown): readonly string[] {
  const { job, name, description } = role;
  return [
    block('aws_iam_role', job, {
      name,
      description,
      assume_role_policy: new Expression(`jsonencode(${valueText(trustOf(role, federated), '  ')})`),
    }),
    '',
    block('aws_iam_role_policy', job, {
      name: POLICY_NAME,
      role: new Expression(`aws_iam_role.${job}.name`),
      policy: new Expression(`jsonencode(${valueText(permissionDocument(role, account), '  ')})`),
    }),
  ];
}

function trustOf(role: PipelineRole, federated: unknown): object {
  const { Statement, ...document } = trustDocument(role, '');
  return { ...document, Statement: Statement.map((one) => ({ ...one, Principal: { Federated: federated } })) };
}

const outputs = (roles: readonly PipelineRole[]) =>
  Object.fromEntries(roles.map(({ job }) => [job, new Expression(`aws_iam_role.${job}.arn`)]));

const block = (type: string, label: string, members: object): string =>
  `resource "${type}" "${label}" ${valueText(members, '')}`;

/** Lists of texts in one line, if it is not too long; everything else a member a line. */
function valueText(value: unknown, indent: string): string {
  if (value instanceof Expression) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(item, inner));
    const line = `[${items.join(', ')}]`;
    if (!line.includes('\n') && inner.length + line.length < 110) return line;
    return `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`;
  }
  return `{\n${membersText(Object.entries(value), inner)}${indent}}`;
}

/** As `terraform fmt` does, the equals signs of members that follow each other in single lines are aligned. */
function membersText(members: readonly (readonly [string, unknown])[], indent: string): string {
  const lines = members.map(([name, value]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return { key, text: valueText(value, indent) };
  });
  const isLong = (at: number) => lines[at]?.text.includes('\n') ?? true;
  return lines
    .map(({ key, text }, at) => {
      let [from, to] = [at, at];
      while (!isLong(at) && !isLong(from - 1)) from -= 1;
      while (!isLong(at) && !isLong(to + 1)) to += 1;
      const width = Math.max(...lines.slice(from, to + 1).map((line) => line.key.length));
      return `${indent}${key.padEnd(width)} = ${text}\n`;
    })
    .join('');
}
