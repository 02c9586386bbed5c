/** Aliases, grants and policies of keys. */
import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  PutKeyPolicyCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { trustPolicy } from '../../support/documents.ts';
import type { TypeCase } from '../case.ts';
import { hcl, text, twoKeys } from './hcl.ts';
import { ACCOUNT_ROOT, keyId, keyPolicy } from './kms-parts.ts';

export const alias: TypeCase = {
  type: 'aws_kms_alias',
  around: `${twoKeys('of_alias')}
resource "aws_kms_alias" "beside" {
  name          = "alias/beside-life"
  target_key_id = aws_kms_key.of_alias.id
}`,
  body: 'name = "alias/life"\ntarget_key_id = aws_kms_key.of_alias.key_id',
  state: {
    arn: 'arn:aws:kms:us-east-1:111122223333:alias/life',
    id: 'alias/life',
    name: 'alias/life',
    name_prefix: '',
    target_key_id: keyId,
    target_key_arn: expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\//),
  },
  changes: [
    {
      body: 'name = "alias/life"\ntarget_key_id = aws_kms_key.of_alias2.arn',
      how: 'update',
      of: ['target_key_id'],
    },
    { body: 'name = "alias/life/two"\ntarget_key_id = aws_kms_key.of_alias2.arn', how: 'replace', of: ['name'] },
    {
      body: 'name_prefix = "alias/life-"\ntarget_key_id = aws_kms_key.of_alias2.key_id',
      how: 'replace',
      of: ['name_prefix'],
    },
  ],
  refused: [
    ['name', 'name = "life"\ntarget_key_id = "x"'],
    ['name', 'name = "alias/aws/life"\ntarget_key_id = "x"'],
    ['name', 'name = "alias/a b"\ntarget_key_id = "x"'],
    ['name_prefix', 'name_prefix = "life"\ntarget_key_id = "x"'],
    ['name', 'name = "alias/a"\nname_prefix = "alias/b"\ntarget_key_id = "x"'],
  ],
  importId: (state) => text(state, 'name'),
  byHand: {
    async change({ kms }, state) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/beside-life' }));
      await kms.send(new UpdateAliasCommand({ AliasName: text(state, 'name'), TargetKeyId: KeyMetadata?.KeyId }));
    },
    shows: ['target_key_arn', 'target_key_id'],
  },
  deleteByHand: ({ kms }, state) => kms.send(new DeleteAliasCommand({ AliasName: text(state, 'name') })),
};

const granted = (more: string): string => `key_id = aws_kms_key.of_grant.key_id\n${more}`;
const to = 'grantee_principal = aws_iam_role.of_grant.arn';
const decrypt = 'operations = ["Decrypt"]';

export const grant: TypeCase = {
  type: 'aws_kms_grant',
  around: `${twoKeys('of_grant')}
resource "aws_iam_role" "of_grant" {
  name               = "r-of-grant"
  assume_role_policy = ${hcl(trustPolicy(ACCOUNT_ROOT))}
}
resource "aws_kms_grant" "of_tokens" {
  key_id            = aws_kms_key.of_grant.key_id
  grantee_principal = aws_iam_role.of_grant.arn
  operations        = ["CreateGrant"]
}`,
  body: granted(`${to}\n${decrypt}`),
  state: {
    constraints: [],
    grantee_principal: 'arn:aws:iam::111122223333:role/r-of-grant',
    grant_id: expect.stringMatching(/^[0-9a-f]{64}$/),
    key_id: keyId,
    operations: ['Decrypt'],
    retire_on_delete: false,
  },
  secrets: ['grant_token'],
  changes: [
    { body: granted(`${to}\noperations = ["Decrypt", "Encrypt"]`), how: 'replace', of: ['operations'] },
    { body: granted(`${to}\n${decrypt}\nname = "own"`), how: 'replace', of: ['name', 'operations'] },
    {
      body: granted(`${to}\n${decrypt}\nname = "own"\nretiring_principal = "${ACCOUNT_ROOT}"`),
      how: 'replace',
      of: ['retiring_principal'],
    },
    {
      body: granted(`${to}\n${decrypt}\nname = "own"\nretiring_principal = "${ACCOUNT_ROOT}"\nretire_on_delete = true`),
      how: 'replace',
      of: ['retire_on_delete'],
    },
    {
      body: granted(`${to}\n${decrypt}\nname = "own"\ngrant_creation_tokens = [aws_kms_grant.of_tokens.grant_token]`),
      how: 'replace',
      of: ['grant_creation_tokens', 'retire_on_delete', 'retiring_principal'],
    },
    {
      body: granted(`grantee_principal = "dynamodb.us-east-1.amazonaws.com"\n${decrypt}\nname = "own"`),
      how: 'replace',
      of: ['grant_creation_tokens', 'grantee_principal'],
    },
    {
      body: granted(`${to}\n${decrypt}\nconstraints {\n encryption_context_equals = { app = "orders" }\n}`),
      how: 'replace',
      of: ['constraints', 'grantee_principal', 'name'],
    },
    {
      body: granted(`${to}\n${decrypt}\nconstraints {\n encryption_context_subset = { app = "orders" }\n}`),
      how: 'replace',
      of: ['constraints'],
    },
    {
      body: `key_id = aws_kms_key.of_grant2.arn\n${to}\n${decrypt}\nname = "of-the-other"`,
      how: 'replace',
      of: ['constraints', 'key_id', 'name'],
    },
  ],
  refused: [
    ['grantee_principal', `key_id = "x"\ngrantee_principal = "bob"\n${decrypt}`],
    [
      'retiring_principal',
      `key_id = "x"\ngrantee_principal = "${ACCOUNT_ROOT}"\n${decrypt}\nretiring_principal = "bob"`,
    ],
    ['operations', `key_id = "x"\ngrantee_principal = "${ACCOUNT_ROOT}"\noperations = ["Delete"]`],
    ['name', `key_id = "x"\ngrantee_principal = "${ACCOUNT_ROOT}"\n${decrypt}\nname = "a b"`],
    ['name', `key_id = "x"\ngrantee_principal = "${ACCOUNT_ROOT}"\n${decrypt}\nname = "${'x'.repeat(257)}"`],
    [
      'resource',
      `key_id = "x"\ngrantee_principal = "${ACCOUNT_ROOT}"\n${decrypt}
constraints {\n encryption_context_equals = { a = "b" }\n encryption_context_subset = { a = "b" }\n}`,
    ],
  ],
  importId: (state) => text(state, 'id'),
  unknownToImport: ['grant_token'],
  deleteByHand: ({ kms }, state) =>
    kms.send(new RevokeGrantCommand({ KeyId: text(state, 'key_id'), GrantId: text(state, 'grant_id') })),
};

const table = 'arn:aws:dynamodb:us-east-1:111122223333:table/orders';
const service = 'dynamodb.amazonaws.com';
const granteeService = `grantee_service_principal = "${service}"`;
const retiringService = `retiring_service_principal = "${service}"`;
const from = (source: string, more = '') => `constraints {\n source_arn = "${source}"\n${more}\n}`;
const serviceGrant = (...lines: string[]): string =>
  ['key_id = aws_kms_key.of_services.key_id', decrypt, ...lines].join('\n');
const wrongServiceGrant = (...lines: string[]): string => ['key_id = "x"', decrypt, ...lines].join('\n');

export const grantToService: TypeCase = {
  ...grant,
  variant: 'service',
  isOurs: true,
  around: twoKeys('of_services'),
  body: serviceGrant(granteeService, `retiring_principal = "${ACCOUNT_ROOT}"`, from(table)),
  state: {
    constraints: [{ encryption_context_equals: null, encryption_context_subset: null, source_arn: table }],
    grantee_principal: null,
    grantee_service_principal: service,
    key_id: keyId,
    retiring_principal: ACCOUNT_ROOT,
  },
  changes: [
    {
      body: serviceGrant(granteeService, retiringService, from(table)),
      how: 'replace',
      of: ['retiring_principal', 'retiring_service_principal'],
    },
    { body: serviceGrant(granteeService, retiringService, from(`${table}-*`)), how: 'replace', of: ['constraints'] },
    {
      body: serviceGrant(
        granteeService,
        retiringService,
        from(`${table}-*`, ' encryption_context_subset = { app = "orders" }'),
      ),
      how: 'replace',
      of: ['constraints'],
    },
    {
      body: serviceGrant(`grantee_principal = "dynamodb.us-east-1.amazonaws.com"`, retiringService, from(table)),
      how: 'replace',
      of: ['constraints', 'grantee_principal', 'grantee_service_principal'],
    },
    {
      body: serviceGrant(
        `grantee_principal = "${ACCOUNT_ROOT}"`,
        'retiring_service_principal = "dynamodb.us-east-1.amazonaws.com"',
      ),
      how: 'replace',
      of: ['constraints', 'grantee_principal', 'retiring_service_principal'],
    },
    {
      body: serviceGrant(`grantee_service_principal = "s3.amazonaws.com"`, retiringService, from(table)),
      how: 'replace',
      of: ['constraints', 'grantee_principal', 'grantee_service_principal', 'retiring_service_principal'],
    },
  ],
  refused: [
    ['resource', wrongServiceGrant(retiringService, from(table))],
    [
      'grantee_principal',
      wrongServiceGrant(`grantee_principal = "${ACCOUNT_ROOT}"`, granteeService, retiringService, from(table)),
    ],
    ['grantee_service_principal', wrongServiceGrant(granteeService, retiringService)],
    ['grantee_service_principal', wrongServiceGrant(granteeService, from(table))],
    ['resource', wrongServiceGrant(granteeService, retiringService, from('arn:aws:s3:::orders-and-more'))],
    [
      'retiring_principal',
      wrongServiceGrant(granteeService, `retiring_principal = "${ACCOUNT_ROOT}"`, retiringService, from(table)),
    ],
  ],
};

const policyOf = (which: '' | '2', sid: string, more = ''): string =>
  `key_id = aws_kms_key.of_policy${which}.id\npolicy = ${hcl(keyPolicy(sid))}\n${more}`;

export const policyOfKey: TypeCase = {
  type: 'aws_kms_key_policy',
  around: twoKeys('of_policy'),
  body: policyOf('', 'a'),
  state: { bypass_policy_lockout_safety_check: false, id: keyId, key_id: keyId, policy: keyPolicy('a') },
  changes: [
    { body: policyOf('', 'b'), how: 'update', of: ['policy'] },
    {
      body: policyOf('', 'c', 'bypass_policy_lockout_safety_check = true'),
      how: 'update',
      of: ['bypass_policy_lockout_safety_check', 'policy'],
    },
    { body: policyOf('', 'c'), how: 'update', of: ['bypass_policy_lockout_safety_check'] },
  ],
  refused: [
    ['policy', 'key_id = "x"\npolicy = "{"'],
    ['key_id', 'key_id = ""\npolicy = "{}"'],
    ['key_id', `key_id = "${'x'.repeat(2049)}"\npolicy = "{}"`],
  ],
  importId: (state) => text(state, 'key_id'),
  byHand: {
    change: ({ kms }, state) =>
      kms.send(new PutKeyPolicyCommand({ KeyId: text(state, 'key_id'), Policy: keyPolicy('by-hand') })),
    shows: ['policy'],
  },
  deleteByHand: ({ kms }, state) =>
    kms.send(new ScheduleKeyDeletionCommand({ KeyId: text(state, 'key_id'), PendingWindowInDays: 7 })),
};

/** The genuine provider plans an update for another key, which never settles. */
export const policyOfAnotherKey: TypeCase = {
  ...policyOfKey,
  variant: 'moved',
  isOurs: true,
  around: twoKeys('of_moved'),
  body: policyOf('', 'a').replace('of_policy', 'of_moved'),
  changes: [{ body: policyOf('2', 'a').replace('of_policy', 'of_moved'), how: 'replace', of: ['key_id'] }],
  refused: [],
};
