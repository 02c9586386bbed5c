/** Users, what belongs to them, and their access keys. */
import {
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { policy } from '../../support/documents.ts';
import type { TypeCase } from '../case.ts';
import { ADMIN, hcl, text } from './hcl.ts';

const boundary = `permissions_boundary = "${ADMIN}"`;

export const user: TypeCase = {
  type: 'aws_iam_user',
  body: 'name = "u-life"',
  state: { name: 'u-life', path: '/', force_destroy: false, tags_all: {}, unique_id: expect.stringMatching(/^AIDA/) },
  changes: [
    { body: 'name = "u-life2"', how: 'update', of: ['name', 'id', 'arn'] },
    { body: 'name = "u-life2"\npath = "/apps/"', how: 'update', of: ['path', 'arn'] },
    { body: `name = "u-life2"\npath = "/apps/"\n${boundary}`, how: 'update', of: ['permissions_boundary'] },
    {
      body: 'name = "u-life2"\npath = "/apps/"\ntags = { a = "b" }',
      how: 'update',
      of: ['permissions_boundary', 'tags'],
    },
    {
      body: 'name = "u-life2"\ntags = { a = "c" }\nforce_destroy = true',
      how: 'update',
      of: ['path', 'tags', 'force_destroy'],
    },
    { body: 'name = "u-life2"', how: 'update', of: ['force_destroy', 'tags', 'tags_all'] },
  ],
  refused: [
    ['name', 'name = "not a name"'],
    ['path', 'name = "x"\npath = "apps"'],
    ['permissions_boundary', 'name = "x"\npermissions_boundary = "none"'],
  ],
  importId: (state) => text(state, 'name'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(new TagUserCommand({ UserName: text(state, 'name'), Tags: [{ Key: 'by', Value: 'hand' }] })),
    shows: ['tags', 'tags_all'],
  },
  deleteByHand: ({ iam }, state) => iam.send(new DeleteUserCommand({ UserName: text(state, 'name') })),
};

export const userPolicy: TypeCase = {
  type: 'aws_iam_user_policy',
  around: 'resource "aws_iam_user" "of_policy" { name = "u-policy" }',
  body: `user = aws_iam_user.of_policy.name\nname = "own"\npolicy = ${hcl(policy('kms:List*'))}`,
  state: { id: 'u-policy:own', user: 'u-policy', name: 'own' },
  changes: [
    {
      body: `user = aws_iam_user.of_policy.name\nname = "own"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'update',
      of: ['policy'],
    },
    {
      body: `user = aws_iam_user.of_policy.name\nname = "other"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'replace',
      of: ['name'],
    },
    {
      body: `user = aws_iam_user.of_policy.name\nname_prefix = "gen-"\npolicy = ${hcl(policy('kms:Describe*'))}`,
      how: 'replace',
      of: ['name_prefix'],
    },
  ],
  refused: [
    ['policy', 'user = "x"\npolicy = "{"'],
    ['name', 'user = "x"\nname = "a b"\npolicy = "{}"'],
    ['name', 'user = "x"\nname = "a"\nname_prefix = "b"\npolicy = "{}"'],
  ],
  importId: (state) => text(state, 'id'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(
        new PutUserPolicyCommand({
          UserName: 'u-policy',
          PolicyName: text(state, 'name'),
          PolicyDocument: policy('kms:*'),
        }),
      ),
    shows: ['policy'],
  },
  deleteByHand: ({ iam }, state) =>
    iam.send(new DeleteUserPolicyCommand({ UserName: 'u-policy', PolicyName: text(state, 'name') })),
};

export const userPolicyAttachment: TypeCase = {
  type: 'aws_iam_user_policy_attachment',
  around: 'resource "aws_iam_user" "of_attachment" { name = "u-attachment" }',
  body: `user = aws_iam_user.of_attachment.name\npolicy_arn = "${ADMIN}"`,
  state: { user: 'u-attachment', policy_arn: ADMIN, id: expect.stringMatching(/^u-attachment-\d{18}[0-9a-f]{8}$/) },
  changes: [
    {
      body: 'user = aws_iam_user.of_attachment.name\npolicy_arn = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"',
      how: 'replace',
      of: ['policy_arn'],
    },
  ],
  refused: [['policy_arn', 'user = "x"\npolicy_arn = "none"']],
  importId: (state) => `u-attachment/${text(state, 'policy_arn')}`,
  unknownToImport: ['id'],
  deleteByHand: ({ iam }, state) =>
    iam.send(new DetachUserPolicyCommand({ UserName: 'u-attachment', PolicyArn: text(state, 'policy_arn') })),
};

export const accessKey: TypeCase = {
  type: 'aws_iam_access_key',
  secrets: ['secret'],
  around: 'resource "aws_iam_user" "of_key" { name = "u-key" }\nresource "aws_iam_user" "of_key2" { name = "u-key2" }',
  body: 'user = aws_iam_user.of_key.name',
  state: { user: 'u-key', status: 'Active', secret: expect.stringMatching(/^.{40}$/), encrypted_secret: null },
  changes: [
    { body: 'user = aws_iam_user.of_key.name\nstatus = "Inactive"', how: 'update', of: ['status'] },
    { body: 'user = aws_iam_user.of_key2.name\nstatus = "Active"', how: 'replace', of: ['user'] },
  ],
  refused: [
    ['status', 'user = "x"\nstatus = "Off"'],
    ['pgp_key', 'user = "x"\npgp_key = "bm8="'],
  ],
  importId: (state) => text(state, 'id'),
  unknownToImport: ['secret', 'ses_smtp_password_v4'],
  byHand: {
    change: ({ iam }, state) =>
      iam.send(new UpdateAccessKeyCommand({ UserName: 'u-key2', AccessKeyId: text(state, 'id'), Status: 'Inactive' })),
    shows: ['status'],
  },
  deleteByHand: ({ iam }, state) =>
    iam.send(new DeleteAccessKeyCommand({ UserName: 'u-key2', AccessKeyId: text(state, 'id') })),
};
