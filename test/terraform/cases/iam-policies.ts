/** Managed policies, exclusive attachments, and OpenID Connect providers. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  AttachUserPolicyCommand,
  CreatePolicyVersionCommand,
  DeleteOpenIDConnectProviderCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { policy, trustPolicy } from '../../support/documents.ts';
import type { TypeCase } from '../case.ts';
import { hcl, text } from './hcl.ts';

const document = (action: string) => `policy = ${hcl(policy(action))}`;

export const managedPolicy: TypeCase = {
  type: 'aws_iam_policy',
  body: `name = "p-life"\n${document('kms:List*')}`,
  state: {
    arn: 'arn:aws:iam::111122223333:policy/p-life',
    id: 'arn:aws:iam::111122223333:policy/p-life',
    path: '/',
    attachment_count: 0,
    policy_id: expect.stringMatching(/^ANPA/),
  },
  // Five more documents: the oldest versions make room.
  changes: [
    ...['kms:A*', 'kms:B*', 'kms:C*', 'kms:D*', 'kms:E*'].map(
      (action) => ({ body: `name = "p-life"\n${document(action)}`, how: 'update', of: ['policy'] }) as const,
    ),
    { body: `name = "p-life"\n${document('kms:E*')}\ntags = { a = "b" }`, how: 'update', of: ['tags', 'tags_all'] },
    { body: `name = "p-life"\ndescription = "d"\n${document('kms:E*')}`, how: 'replace', of: ['description'] },
    { body: `name = "p-life"\npath = "/p/"\n${document('kms:E*')}`, how: 'replace', of: ['description', 'path'] },
    { body: `name_prefix = "p-gen-"\npath = "/p/"\n${document('kms:E*')}`, how: 'replace', of: ['name_prefix'] },
  ],
  refused: [
    ['policy', 'policy = "{"'],
    ['name', `name = "a b"\n${document('kms:*')}`],
    ['name_prefix', `name_prefix = "${'x'.repeat(103)}"\n${document('kms:*')}`],
    ['path', `path = "p"\n${document('kms:*')}`],
  ],
  importId: (state) => text(state, 'arn'),
  byHand: {
    change: ({ iam }, state) =>
      iam.send(
        new CreatePolicyVersionCommand({
          PolicyArn: text(state, 'arn'),
          PolicyDocument: policy('kms:Z*'),
          SetAsDefault: true,
        }),
      ),
    shows: ['attachment_count', 'policy'],
  },
  async deleteByHand({ iam }, state) {
    const PolicyArn = text(state, 'arn');
    const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    for (const { VersionId, IsDefaultVersion } of Versions) {
      if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    }
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  },
};

const attached = `
resource "aws_iam_policy" "of_attachment" {
  name   = "p-attachment"
  ${document('kms:List*')}
}
resource "aws_iam_user" "attached" {
  count = 2
  name  = "u-attached\${count.index}"
}
resource "aws_iam_role" "attached" {
  name               = "r-attached"
  assume_role_policy = ${hcl(trustPolicy('arn:aws:iam::111122223333:root'))}
}
resource "aws_iam_group" "attached" { name = "g-attached" }`;
const arn = 'policy_arn = aws_iam_policy.of_attachment.arn';
const PolicyArn = 'arn:aws:iam::111122223333:policy/p-attachment';

export const policyAttachment: TypeCase = {
  type: 'aws_iam_policy_attachment',
  around: attached,
  body: `name = "exclusive"\n${arn}\nusers = [aws_iam_user.attached[0].name]\ngroups = [aws_iam_group.attached.name]`,
  state: { id: 'exclusive', users: ['u-attached0'], groups: ['g-attached'], policy_arn: PolicyArn },
  changes: [
    {
      body: `name = "exclusive"\n${arn}\nusers = [aws_iam_user.attached[1].name]\nroles = [aws_iam_role.attached.name]`,
      how: 'update',
      of: ['groups', 'roles', 'users'],
    },
    {
      body: `name = "renamed"\n${arn}\nusers = [aws_iam_user.attached[1].name]\nroles = [aws_iam_role.attached.name]`,
      how: 'replace',
      of: ['name'],
    },
  ],
  refused: [
    ['policy_arn', 'name = "x"\npolicy_arn = "none"\nusers = ["x"]'],
    ['resource', 'name = "x"\npolicy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"'],
  ],
  importId: (state) => `${text(state, 'name')}/${PolicyArn}`,
  importIsOurs: true,
  byHand: {
    change: ({ iam }) => iam.send(new AttachUserPolicyCommand({ UserName: 'u-attached0', PolicyArn })),
    shows: ['users'],
  },
  async deleteByHand({ iam }) {
    await iam.send(new DetachUserPolicyCommand({ UserName: 'u-attached1', PolicyArn }));
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'r-attached', PolicyArn }));
  },
};

const thumbprint = 'cf23df2207d99a74fbe169e3eba035e633b65d94';
const url = 'url = "https://token.example.com"';

export const openidConnectProvider: TypeCase = {
  type: 'aws_iam_openid_connect_provider',
  body: `${url}\nclient_id_list = ["sts.amazonaws.com"]`,
  state: {
    arn: 'arn:aws:iam::111122223333:oidc-provider/token.example.com',
    client_id_list: ['sts.amazonaws.com'],
    thumbprint_list: [],
  },
  changes: [
    { body: `${url}\nclient_id_list = ["a", "b"]`, how: 'update', of: ['client_id_list'] },
    {
      body: `${url}\nclient_id_list = ["a", "b"]\nthumbprint_list = ["${thumbprint}"]`,
      how: 'update',
      of: ['thumbprint_list'],
    },
    {
      body: `${url}\nclient_id_list = ["a", "b"]\nthumbprint_list = ["${thumbprint}"]\ntags = { a = "b" }`,
      how: 'update',
      of: ['tags'],
    },
    {
      body: `url = "https://other.example.com/path"\nclient_id_list = ["a"]\ntags = { a = "b" }`,
      how: 'replace',
      of: ['url'],
    },
  ],
  refused: [
    ['url', 'url = "http://token.example.com"\nclient_id_list = ["a"]'],
    ['thumbprint_list', `${url}\nclient_id_list = ["a"]\nthumbprint_list = ["abc"]`],
  ],
  importId: (state) => text(state, 'arn'),
  unknownToImport: ['url'],
  byHand: {
    change: ({ iam }, state) =>
      iam.send(
        new AddClientIDToOpenIDConnectProviderCommand({
          OpenIDConnectProviderArn: text(state, 'arn'),
          ClientID: 'by-hand',
        }),
      ),
    shows: ['client_id_list'],
  },
  deleteByHand: ({ iam }, state) =>
    iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: text(state, 'arn') })),
};
