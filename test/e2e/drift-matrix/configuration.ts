/** One resource for each row that a hand can change: so each attribute is changed alone. */
import { iamRows } from './iam-rows.ts';
import { kmsRows, MATERIAL } from './kms-rows.ts';
import type { Change, Row, TypeRows } from './row.ts';

const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}';
const ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}';

const types: Readonly<Record<string, TypeRows>> = { ...kmsRows, ...iamRows };

export const isChange = (row: Row): row is Change => 'by' in row;

export interface MatrixRow {
  readonly type: string;
  readonly name: string;
  readonly address: string;
  readonly change: Change;
}

export const matrixRows: readonly MatrixRow[] = Object.entries(types).flatMap(([type, { rows }]) =>
  Object.entries(rows).flatMap(([name, row]) =>
    isChange(row) ? [{ type, name, address: `${type}.m[${JSON.stringify(name)}]`, change: row }] : [],
  ),
);

const namesOf = (type: string) => matrixRows.filter((row) => row.type === type).map(({ name }) => name);

/** @param more in the body of each resource: `ignore_changes` */
export function configuration(more: (type: string) => string, description: string): string {
  return [
    'provider "aws" {\n  region = "us-east-1"\n  default_tags {\n    tags = { Owner = "platform" }\n  }\n}\n',
    `resource "aws_kms_key" "unrelated" {\n  description = "${description}"\n}\n`,
    ...helpers(),
    ...Object.entries(types).map(([type, { body, rows }]) => {
      const codes = [...new Set(Object.values(rows).flatMap((row) => (isChange(row) && row.code) || []))];
      return block(type, 'm', namesOf(type), [body, ...codes, more(type)].join('\n  '));
    }),
  ].join('');
}

function block(type: string, name: string, each: readonly string[], body: string): string {
  return `resource "${type}" "${name}" {\n  for_each = toset(${JSON.stringify(each)})${body}\n}\n`;
}

/** What the resources of the rows stand on. */
function helpers(): readonly string[] {
  const owned = (type: string, owner: string) => {
    const trust = owner === 'role' ? `\n  assume_role_policy = ${JSON.stringify(TRUST)}` : '';
    const policy = owner === 'policy' ? `\n  policy = ${JSON.stringify(ALLOW)}` : '';
    const detach = owner === 'role' ? '\n  force_detach_policies = true' : '';
    const force = owner === 'user' ? '\n  force_destroy = true' : '';
    const body = `\n  name = "of_${type}-\${replace(each.key, " ", "-")}"${trust}${policy}${detach}${force}`;
    return block(`aws_iam_${owner}`, `of_${type}`, namesOf(`aws_iam_${type}`), body);
  };
  return [
    block('aws_kms_key', 'other', ['one', 'two', 'three'], ''),
    block(
      'aws_kms_alias',
      'other',
      ['two', 'three'],
      `\n  name = "alias/\${each.key}"\n  target_key_id = aws_kms_key.other[each.key].key_id`,
    ),
    block('aws_kms_key', 'governed', namesOf('aws_kms_key_policy'), ''),
    block('aws_kms_key', 'primary_of_aws_kms_replica_key', namesOf('aws_kms_replica_key'), '\n  multi_region = true'),
    block(
      'aws_kms_external_key',
      'primary_of_aws_kms_replica_external_key',
      namesOf('aws_kms_replica_external_key'),
      `\n  multi_region = true\n  enabled = true\n  key_material_base64 = "${MATERIAL}"`,
    ),
    ...['user', 'role', 'group'].flatMap((owner) => [
      owned(`${owner}_policy`, owner),
      owned(`${owner}_policy_attachment`, owner),
    ]),
    ...['user', 'role', 'group', 'policy'].map((owner) => owned('policy_attachment', owner)),
    ...['user', 'group'].map((owner) => owned('group_membership', owner)),
    owned('access_key', 'user'),
  ];
}
