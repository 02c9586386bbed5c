/** Groups, their policies and their users. */
import {
  AddUserToGroupCommand,
  DeleteGroupCommand,
  DeleteGroupPolicyCommand,
  DetachGroupPolicyCommand,
  PutGroupPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-iam';
import { policy } from '../../support/documents.ts';
import type { TypeCase } from '../case.ts';
import { ADMIN, hcl, text } from './hcl.ts';

export const group: TypeCase = {
  type: 'aws_iam_group',
  body: 'name = "g-life"',
  state: { name: 'g-life', path: '/', id: 'g-life', unique_id: expect.stringMatching(/^AGPA/) },
  changes: [
    { body: 'name = "g-life2"', how: 'update', of: ['name', 'id', 'arn'] },
    { body: 'name = "g-life2"\npath = "/teams/"', how: 'update', of: ['path', 'arn'] },
  ],
  refused: [
    ['name', 'name = "a/b"'],
    ['path', 'name = "x"\npath = "teams/"'],
  ],
  importId: (state) => text(state, 'name'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(new UpdateGroupCommand({ GroupName: text(state, 'name'), NewPath: '/by-hand/' })),
    shows: ['arn', 'path'],
  },
  deleteByHand: ({ iam }, state) => iam.send(new DeleteGroupCommand({ GroupName: text(state, 'name') })),
};

export const groupPolicy: TypeCase = {
  type: 'aws_iam_group_policy',
  around: 'resource "aws_iam_group" "of_policy" { name = "g-policy" }',
  body: `group = aws_iam_group.of_policy.name\nname_prefix = "gen-"\npolicy = ${hcl(policy('kms:List*'))}`,
  state: { group: 'g-policy', name_prefix: 'gen-', name: expect.stringMatching(/^gen-\d{18}[0-9a-f]{8}$/) },
  changes: [
    {
      body: `group = aws_iam_group.of_policy.name\nname_prefix = "gen-"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'update',
      of: ['policy'],
    },
    {
      body: `group = aws_iam_group.of_policy.name\nname = "named"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'replace',
      of: ['name'],
    },
  ],
  refused: [['policy', 'group = "x"\npolicy = "no"']],
  importId: (state) => text(state, 'id'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(
        new PutGroupPolicyCommand({
          GroupName: 'g-policy',
          PolicyName: text(state, 'name'),
          PolicyDocument: policy('kms:*'),
        }),
      ),
    shows: ['policy'],
  },
  deleteByHand: ({ iam }, state) =>
    iam.send(new DeleteGroupPolicyCommand({ GroupName: 'g-policy', PolicyName: text(state, 'name') })),
};

export const groupPolicyAttachment: TypeCase = {
  type: 'aws_iam_group_policy_attachment',
  around: 'resource "aws_iam_group" "of_attachment" { name = "g-attachment" }',
  body: `group = aws_iam_group.of_attachment.name\npolicy_arn = "${ADMIN}"`,
  state: { group: 'g-attachment', policy_arn: ADMIN },
  changes: [
    {
      body: 'group = aws_iam_group.of_attachment.name\npolicy_arn = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"',
      how: 'replace',
      of: ['policy_arn'],
    },
  ],
  refused: [['policy_arn', 'group = "x"\npolicy_arn = "none"']],
  importId: (state) => `g-attachment/${text(state, 'policy_arn')}`,
  unknownToImport: ['id'],
  deleteByHand: ({ iam }, state) =>
    iam.send(new DetachGroupPolicyCommand({ GroupName: 'g-attachment', PolicyArn: text(state, 'policy_arn') })),
};

const members = `
resource "aws_iam_group" "of_members" { name = "g-members" }
resource "aws_iam_user" "member" {
  count = 3
  name  = "u-member\${count.index}"
}`;

export const groupMembership: TypeCase = {
  type: 'aws_iam_group_membership',
  around: members,
  body: 'name = "members"\ngroup = aws_iam_group.of_members.name\nusers = [aws_iam_user.member[0].name]',
  state: { id: 'members', name: 'members', group: 'g-members', users: ['u-member0'] },
  changes: [
    {
      body: 'name = "members"\ngroup = aws_iam_group.of_members.name\nusers = [for i in [1, 2] : aws_iam_user.member[i].name]',
      how: 'update',
      of: ['users'],
    },
    {
      body: 'name = "renamed"\ngroup = aws_iam_group.of_members.name\nusers = [for i in [1, 2] : aws_iam_user.member[i].name]',
      how: 'replace',
      of: ['name'],
    },
  ],
  refused: [['name', 'name = ""\ngroup = "x"\nusers = ["y"]']],
  importId: (state) => `${text(state, 'name')}/g-members`,
  importIsOurs: true,
  byHand: {
    change: ({ iam }) => iam.send(new AddUserToGroupCommand({ GroupName: 'g-members', UserName: 'u-member0' })),
    shows: ['users'],
  },
  // The group itself is another resource: without it the membership is gone.
  async deleteByHand({ iam }) {
    for (const UserName of ['u-member1', 'u-member2']) {
      await iam.send(new RemoveUserFromGroupCommand({ GroupName: 'g-members', UserName }));
    }
    await iam.send(new DeleteGroupCommand({ GroupName: 'g-members' }));
  },
};
