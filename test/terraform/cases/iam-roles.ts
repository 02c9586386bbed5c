/** Roles and their policies. */
import {
  AttachRolePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteServiceLinkedRoleCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { policy, trustPolicy } from '../../support/documents.ts';
import type { TypeCase } from '../case.ts';
import { ADMIN, hcl, text } from './hcl.ts';

const root = 'arn:aws:iam::111122223333:root';
const trust = `assume_role_policy = ${hcl(trustPolicy(root))}`;
const serviceTrust = `assume_role_policy = ${hcl(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }),
)}`;
const named = 'name = "r-life"';
const settled = `${named}\n${serviceTrust}`;

export const role: TypeCase = {
  type: 'aws_iam_role',
  body: `${named}\n${trust}`,
  state: {
    id: 'r-life',
    name: 'r-life',
    name_prefix: '',
    path: '/',
    max_session_duration: 3600,
    force_detach_policies: false,
    inline_policy: [],
    managed_policy_arns: [],
    create_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:]{8}Z$/),
    unique_id: expect.stringMatching(/^AROA/),
  },
  changes: [
    { body: settled, how: 'update', of: ['assume_role_policy'] },
    { body: `${settled}\ndescription = "deploys"`, how: 'update', of: ['description'] },
    {
      body: `${settled}\ndescription = "deploys"\nmax_session_duration = 7200`,
      how: 'update',
      of: ['max_session_duration'],
    },
    {
      body: `${settled}\nmax_session_duration = 7200\npermissions_boundary = "${ADMIN}"`,
      how: 'update',
      of: ['description', 'permissions_boundary'],
    },
    {
      body: `${settled}\ntags = { a = "b" }`,
      how: 'update',
      of: ['max_session_duration', 'permissions_boundary', 'tags'],
    },
    { body: `${settled}\nforce_detach_policies = true`, how: 'update', of: ['force_detach_policies', 'tags'] },
    { body: `${settled}\npath = "/x/"`, how: 'replace', of: ['path'] },
    { body: `name_prefix = "r-gen-"\n${serviceTrust}`, how: 'replace', of: ['name_prefix', 'path'] },
    { body: settled, how: 'replace', of: ['name'] },
  ],
  refused: [
    ['name', `name = "not a name"\n${trust}`],
    ['name', `name = "${'x'.repeat(65)}"\n${trust}`],
    ['name_prefix', `name_prefix = "${'x'.repeat(39)}"\n${trust}`],
    ['assume_role_policy', 'assume_role_policy = "{"'],
    ['max_session_duration', `max_session_duration = 60\n${trust}`],
    ['permissions_boundary', `permissions_boundary = "none"\n${trust}`],
    ['path', `path = "x"\n${trust}`],
  ],
  importId: (state) => text(state, 'name'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(new UpdateRoleCommand({ RoleName: text(state, 'name'), MaxSessionDuration: 14400, Description: 'x' })),
    shows: ['description', 'max_session_duration'],
  },
  deleteByHand: ({ iam }, state) => iam.send(new DeleteRoleCommand({ RoleName: text(state, 'name') })),
};

const inline = (name: string, action: string) =>
  `inline_policy {\n name = "${name}"\n policy = ${hcl(policy(action))}\n}`;

/** With blocks the role has exactly these policies. */
export const roleWithPolicies: TypeCase = {
  type: 'aws_iam_role',
  variant: 'exclusive',
  body: `name = "r-exclusive"\n${trust}\n${inline('one', 'kms:List*')}\nmanaged_policy_arns = ["${ADMIN}"]`,
  state: { managed_policy_arns: [ADMIN], inline_policy: [{ name: 'one', policy: policy('kms:List*') }] },
  changes: [
    {
      body: `name = "r-exclusive"\n${trust}\n${inline('one', 'kms:Describe*')}\nmanaged_policy_arns = ["${ADMIN}"]`,
      how: 'update',
      of: ['inline_policy'],
    },
    {
      body: `name = "r-exclusive"\n${trust}\n${inline('two', 'kms:List*')}\nmanaged_policy_arns = []`,
      how: 'update',
      of: ['inline_policy', 'managed_policy_arns'],
    },
    {
      body: `name = "r-exclusive"\n${trust}\nmanaged_policy_arns = []`,
      how: 'update',
      of: ['inline_policy'],
      isOurs: true,
    },
  ],
  // An element of a set does not have a place that a diagnostic can name.
  refused: [['resource', `${trust}\ninline_policy {\n name = "x"\n policy = "{"\n}`]],
  importId: (state) => text(state, 'name'),
  byHand: {
    change: ({ iam }) => iam.send(new AttachRolePolicyCommand({ RoleName: 'r-exclusive', PolicyArn: ADMIN })),
    shows: ['managed_policy_arns'],
  },
  async deleteByHand({ iam }) {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'r-exclusive', PolicyName: 'two' }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'r-exclusive' }));
  },
};

const roleAround = (name: string) => `resource "aws_iam_role" "of_${name}" {\n name = "r-${name}"\n ${trust}\n}`;

export const rolePolicy: TypeCase = {
  type: 'aws_iam_role_policy',
  around: roleAround('policy'),
  body: `role = aws_iam_role.of_policy.id\npolicy = ${hcl(policy('kms:List*'))}`,
  state: { role: 'r-policy', name: expect.stringMatching(/^terraform-\d{18}/), name_prefix: 'terraform-' },
  changes: [
    {
      body: `role = aws_iam_role.of_policy.id\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'update',
      of: ['policy'],
    },
    {
      body: `role = aws_iam_role.of_policy.id\nname_prefix = "gen-"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'replace',
      of: ['name_prefix'],
    },
    {
      body: `role = aws_iam_role.of_policy.id\nname = "named"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'replace',
      of: ['name'],
    },
  ],
  refused: [['policy', 'role = "x"\npolicy = "no"']],
  importId: (state) => text(state, 'id'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName: 'r-policy',
          PolicyName: text(state, 'name'),
          PolicyDocument: policy('kms:*'),
        }),
      ),
    shows: ['policy'],
  },
  deleteByHand: ({ iam }, state) =>
    iam.send(new DeleteRolePolicyCommand({ RoleName: 'r-policy', PolicyName: text(state, 'name') })),
};

export const rolePolicyAttachment: TypeCase = {
  type: 'aws_iam_role_policy_attachment',
  around: roleAround('attachment'),
  body: `role = aws_iam_role.of_attachment.name\npolicy_arn = "${ADMIN}"`,
  state: { role: 'r-attachment', policy_arn: ADMIN },
  changes: [
    {
      body: 'role = aws_iam_role.of_attachment.name\npolicy_arn = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"',
      how: 'replace',
      of: ['policy_arn'],
    },
  ],
  refused: [['policy_arn', 'role = "x"\npolicy_arn = "none"']],
  importId: (state) => `r-attachment/${text(state, 'policy_arn')}`,
  unknownToImport: ['id'],
  deleteByHand: ({ iam }, state) =>
    iam.send(new DetachRolePolicyCommand({ RoleName: 'r-attachment', PolicyArn: text(state, 'policy_arn') })),
};

export const serviceLinkedRole: TypeCase = {
  type: 'aws_iam_service_linked_role',
  body: 'aws_service_name = "autoscaling.amazonaws.com"',
  state: {
    name: 'AWSServiceRoleForAutoScaling',
    path: '/aws-service-role/autoscaling.amazonaws.com/',
    arn: 'arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
  },
  changes: [
    {
      body: 'aws_service_name = "autoscaling.amazonaws.com"\ndescription = "scales"',
      how: 'update',
      of: ['description'],
    },
    {
      body: 'aws_service_name = "autoscaling.amazonaws.com"\ntags = { a = "b" }',
      how: 'update',
      of: ['description', 'tags'],
    },
    {
      body: 'aws_service_name = "autoscaling.amazonaws.com"\ncustom_suffix = "orders"\ntags = { a = "b" }',
      how: 'replace',
      of: ['custom_suffix'],
    },
  ],
  refused: [['aws_service_name', 'aws_service_name = "autoscaling"']],
  importId: (state) => text(state, 'arn'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(new UpdateRoleDescriptionCommand({ RoleName: text(state, 'name'), Description: 'by hand' })),
    shows: ['description'],
  },
  deleteByHand: ({ iam }, state) => iam.send(new DeleteServiceLinkedRoleCommand({ RoleName: text(state, 'name') })),
};
