/** The types of identities. Their names begin with that of the row, so that each is changed alone. */
import { another, asked, DECRYPT, fixed, follows, given, READ, type Row, type TypeRows } from './row.ts';

const ROOT_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' }],
});
const trust = (round: number) => ROOT_TRUST.replace(':root', round % 2 === 0 ? ':user/bob' : ':user/alice');
const boundary = (round: number) =>
  `arn:aws:iam::aws:policy/${round % 2 === 0 ? 'IAMReadOnlyAccess' : 'AWSKeyManagementServicePowerUser'}`;
const POWER = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';

const ids = { arn: given, id: given, unique_id: given } as const;
const tags = {
  code: 'tags = each.key == "tags" ? { Team = "declared" } : null',
  reported: 'tags_all["Team"]',
} as const;
const byHand = (round: number, Key = 'Team') => [{ Key, Value: `by hand ${round}` }];
const ALL = { reported: 'tags_all["Owner"]' } as const;

const inline = (owner: 'user' | 'role' | 'group'): TypeRows => ({
  body: `
  name   = "own"
  ${owner}   = aws_iam_${owner}.of_${owner}_policy[each.key].name
  policy = ${JSON.stringify(DECRYPT)}`,
  rows: {
    [owner]: fixed,
    id: given,
    name: fixed,
    name_prefix: fixed,
    policy: {
      by: (hand, { user: UserName = '', role: RoleName = '', group: GroupName = '' }, round) => {
        const policy = { PolicyName: 'own', PolicyDocument: another(round) };
        if (owner === 'user') return hand.call('PutUserPolicy', { UserName, ...policy });
        if (owner === 'role') return hand.call('PutRolePolicy', { RoleName, ...policy });
        return hand.call('PutGroupPolicy', { GroupName, ...policy });
      },
    },
    'the policy': {
      by: (hand, { user: UserName = '', role: RoleName = '', group: GroupName = '' }) => {
        if (owner === 'user') return hand.call('DeleteUserPolicy', { UserName, PolicyName: 'own' });
        if (owner === 'role') return hand.call('DeleteRolePolicy', { RoleName, PolicyName: 'own' });
        return hand.call('DeleteGroupPolicy', { GroupName, PolicyName: 'own' });
      },
      whole: true,
    },
  },
});

const attachment = (owner: 'user' | 'role' | 'group'): TypeRows => ({
  body: `
  ${owner}       = aws_iam_${owner}.of_${owner}_policy_attachment[each.key].name
  policy_arn = "${READ}"`,
  rows: {
    [owner]: fixed,
    id: given,
    policy_arn: fixed,
    'the attachment': {
      by: (hand, { user: UserName = '', role: RoleName = '', group: GroupName = '' }) => {
        if (owner === 'user') return hand.call('DetachUserPolicy', { UserName, PolicyArn: READ });
        if (owner === 'role') return hand.call('DetachRolePolicy', { RoleName, PolicyArn: READ });
        return hand.call('DetachGroupPolicy', { GroupName, PolicyArn: READ });
      },
      whole: true,
    },
  },
});

const word = `\${replace(each.key, " ", "-")}`;
const host = `\${replace(replace(each.key, " ", "-"), "_", "-")}`;

export const iamRows: Readonly<Record<string, TypeRows>> = {
  aws_iam_user: {
    body: `
  name          = "user-${word}"
  force_destroy = true`,
    rows: {
      ...ids,
      force_destroy: asked,
      name: {
        by: (hand, { name: UserName = '' }, round) =>
          hand.call('UpdateUser', { UserName, NewUserName: `renamed-${round}` }),
        whole: true,
      },
      path: {
        by: (hand, { name: UserName = '' }, round) => hand.call('UpdateUser', { UserName, NewPath: `/x${round}/` }),
      },
      permissions_boundary: {
        by: (hand, { name: UserName = '' }, round) =>
          hand.call('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: boundary(round) }),
      },
      tags: {
        by: (hand, { name: UserName = '' }, round) => hand.call('TagUser', { UserName, Tags: byHand(round) }),
        ...tags,
      },
      tags_all: {
        by: (hand, { name: UserName = '' }, round) => hand.call('TagUser', { UserName, Tags: byHand(round, 'Owner') }),
        ...ALL,
      },
      'policy added': {
        by: (hand, { name: UserName = '' }, round) =>
          hand.call('PutUserPolicy', { UserName, PolicyName: `more-${round}`, PolicyDocument: DECRYPT }),
        whole: true,
      },
      'access key added': {
        by: (hand, { name: UserName = '' }) => hand.call('CreateAccessKey', { UserName }),
        whole: true,
      },
      'the user': { by: (hand, { name: UserName = '' }) => hand.call('DeleteUser', { UserName }), whole: true },
    },
  },
  aws_iam_role: {
    body: `
  name                = "role-${word}"
  assume_role_policy  = ${JSON.stringify(ROOT_TRUST)}
  managed_policy_arns = each.key == "managed_policy_arns" ? ["${READ}"] : null
  dynamic "inline_policy" {
    for_each = startswith(each.key, "inline_policy") ? ["own"] : []
    content {
      name   = "own"
      policy = ${JSON.stringify(DECRYPT)}
    }
  }`,
    rows: {
      ...ids,
      assume_role_policy: {
        by: (hand, { name: RoleName = '' }, round) =>
          hand.call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust(round) }),
      },
      create_date: given,
      description: {
        by: (hand, { name: RoleName = '' }, round) =>
          hand.call('UpdateRole', { RoleName, Description: `by hand ${round}` }),
        code: 'description = each.key == "description" ? "declared" : null',
      },
      force_detach_policies: asked,
      'inline_policy.name': {
        by: (hand, { name: RoleName = '' }, round) =>
          hand.call('PutRolePolicy', { RoleName, PolicyName: `more-${round}`, PolicyDocument: DECRYPT }),
        reported: 'inline_policy',
      },
      'inline_policy.policy': {
        by: (hand, { name: RoleName = '' }, round) =>
          hand.call('PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument: another(round) }),
        reported: 'inline_policy',
      },
      managed_policy_arns: {
        by: (hand, { name: RoleName = '' }) => hand.call('AttachRolePolicy', { RoleName, PolicyArn: POWER }),
      },
      max_session_duration: {
        by: (hand, { name: RoleName = '' }, round) =>
          hand.call('UpdateRole', { RoleName, MaxSessionDuration: 7200 + round }),
      },
      name: fixed,
      name_prefix: fixed,
      path: fixed,
      permissions_boundary: {
        by: (hand, { name: RoleName = '' }, round) =>
          hand.call('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: boundary(round) }),
      },
      tags: {
        by: (hand, { name: RoleName = '' }, round) => hand.call('TagRole', { RoleName, Tags: byHand(round) }),
        ...tags,
      },
      tags_all: {
        by: (hand, { name: RoleName = '' }, round) => hand.call('TagRole', { RoleName, Tags: byHand(round, 'Owner') }),
        ...ALL,
      },
      'the role': { by: (hand, { name: RoleName = '' }) => hand.call('DeleteRole', { RoleName }), whole: true },
    },
  },
  aws_iam_group: {
    body: `
  name = "group-${word}"`,
    rows: {
      ...ids,
      name: {
        by: (hand, { name: GroupName = '' }, round) =>
          hand.call('UpdateGroup', { GroupName, NewGroupName: `renamed-${round}` }),
        whole: true,
      },
      path: {
        by: (hand, { name: GroupName = '' }, round) => hand.call('UpdateGroup', { GroupName, NewPath: `/x${round}/` }),
      },
      'the group': { by: (hand, { name: GroupName = '' }) => hand.call('DeleteGroup', { GroupName }), whole: true },
    },
  },
  aws_iam_policy: {
    body: `
  name   = "policy-${word}"
  policy = ${JSON.stringify(DECRYPT)}`,
    rows: {
      arn: given,
      attachment_count: { reason: 'of the attachments, which have rows' },
      description: fixed,
      id: given,
      name: fixed,
      name_prefix: fixed,
      path: fixed,
      policy: {
        by: (hand, { arn: PolicyArn = '' }, round) =>
          hand.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: another(round), SetAsDefault: true }),
      },
      policy_id: given,
      tags: {
        by: (hand, { arn: PolicyArn = '' }, round) => hand.call('TagPolicy', { PolicyArn, Tags: byHand(round) }),
        ...tags,
      },
      tags_all: {
        by: (hand, { arn: PolicyArn = '' }, round) =>
          hand.call('TagPolicy', { PolicyArn, Tags: byHand(round, 'Owner') }),
        ...ALL,
      },
      'the policy': { by: (hand, { arn: PolicyArn = '' }) => hand.call('DeletePolicy', { PolicyArn }), whole: true },
    },
  },
  aws_iam_user_policy: inline('user'),
  aws_iam_role_policy: inline('role'),
  aws_iam_group_policy: inline('group'),
  aws_iam_user_policy_attachment: attachment('user'),
  aws_iam_role_policy_attachment: attachment('role'),
  aws_iam_group_policy_attachment: attachment('group'),
  aws_iam_policy_attachment: {
    body: `
  name       = "only"
  policy_arn = aws_iam_policy.of_policy_attachment[each.key].arn
  users      = [aws_iam_user.of_policy_attachment[each.key].name]
  roles      = [aws_iam_role.of_policy_attachment[each.key].name]
  groups     = [aws_iam_group.of_policy_attachment[each.key].name]`,
    rows: {
      groups: {
        by: (hand, { policy_arn: PolicyArn = '' }) =>
          hand.call('DetachGroupPolicy', { GroupName: 'of_policy_attachment-groups', PolicyArn }),
      },
      id: given,
      name: { reason: 'a name for people, in the state only' },
      policy_arn: fixed,
      roles: {
        by: (hand, { policy_arn: PolicyArn = '' }) =>
          hand.call('DetachRolePolicy', { RoleName: 'of_policy_attachment-roles', PolicyArn }),
      },
      users: {
        by: (hand, { policy_arn: PolicyArn = '' }) =>
          hand.call('DetachUserPolicy', { UserName: 'of_policy_attachment-users', PolicyArn }),
      },
    },
  },
  aws_iam_group_membership: {
    body: `
  name  = "members"
  group = aws_iam_group.of_group_membership[each.key].name
  users = [aws_iam_user.of_group_membership[each.key].name]`,
    rows: {
      group: fixed,
      id: given,
      name: { reason: 'a name for people, in the state only' },
      users: {
        by: (hand, { group: GroupName = '' }) =>
          hand.call('RemoveUserFromGroup', { GroupName, UserName: 'of_group_membership-users' }),
      },
    },
  },
  aws_iam_access_key: {
    body: `
  user = aws_iam_user.of_access_key[each.key].name`,
    rows: {
      ...Object.fromEntries(
        [
          ...['create_date', 'encrypted_secret', 'encrypted_ses_smtp_password_v4', 'id', 'key_fingerprint', 'secret'],
          'ses_smtp_password_v4',
        ].map((name): [string, Row] => [name, given]),
      ),
      pgp_key: asked,
      status: {
        by: (hand, { user: UserName = '', id: AccessKeyId = '' }) =>
          hand.call('UpdateAccessKey', { UserName, AccessKeyId, Status: 'Inactive' }),
      },
      'the access key': {
        by: (hand, { user: UserName = '', id: AccessKeyId = '' }) =>
          hand.call('DeleteAccessKey', { UserName, AccessKeyId }),
        whole: true,
      },
      user: fixed,
    },
  },
  aws_iam_openid_connect_provider: {
    body: `
  url             = "https://${host}.example.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["${'a'.repeat(40)}"]`,
    rows: {
      arn: given,
      client_id_list: {
        by: (hand, { arn: OpenIDConnectProviderArn = '' }, round) =>
          hand.call('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: `more-${round}` }),
      },
      id: given,
      tags: {
        by: (hand, { arn: OpenIDConnectProviderArn = '' }, round) =>
          hand.call('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags: byHand(round) }),
        ...tags,
      },
      tags_all: {
        by: (hand, { arn: OpenIDConnectProviderArn = '' }, round) =>
          hand.call('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags: byHand(round, 'Owner') }),
        ...ALL,
      },
      'the provider': {
        by: (hand, { arn: OpenIDConnectProviderArn = '' }) =>
          hand.call('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn }),
        whole: true,
      },
      thumbprint_list: {
        by: (hand, { arn: OpenIDConnectProviderArn = '' }, round) =>
          hand.call('UpdateOpenIDConnectProviderThumbprint', {
            OpenIDConnectProviderArn,
            ThumbprintList: [`${round}`.repeat(40)],
          }),
      },
      url: fixed,
    },
  },
};

export const serviceLinkedRoleRows: Readonly<Record<string, Row>> = {
  ...ids,
  aws_service_name: fixed,
  create_date: given,
  custom_suffix: fixed,
  description: follows('aws_iam_role'),
  name: fixed,
  path: fixed,
  tags: follows('aws_iam_role'),
  tags_all: follows('aws_iam_role'),
};
