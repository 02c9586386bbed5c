/** The argument `region`, which the genuine provider has since version 6: another one makes the object there instead. */
import {
  DeleteAliasCommand,
  PutKeyPolicyCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import type { Attributes, Hands, TypeCase } from '../case.ts';
import { hcl, text } from './hcl.ts';
import { ACCOUNT_ROOT, deleteReplica, keyPolicy, materialOf, recoverReplica } from './kms-parts.ts';

const HOME = 'eu-west-1';
/** Where changes by hand are made. */
const WEST = 'us-west-2';

/** `aws_kms_key.<name>_home` and `aws_kms_key.<name>_west`. */
const keysOf = (name: string): string =>
  [
    ['home', HOME],
    ['west', WEST],
  ]
    .map(([where, region]) => `resource "aws_kms_key" "${name}_${where}" {\n region = "${region}"\n}`)
    .join('\n');

/** A case that is made at home and moves west. */
function moving(
  type: string,
  name: string,
  more: (where: 'home' | 'west') => string,
  replacedBy: readonly string[],
  rest: Pick<TypeCase, 'importId' | 'unknownToImport' | 'byHand' | 'deleteByHand' | 'secrets'>,
): TypeCase {
  const body = (where: 'home' | 'west', region: string) => `region = "${region}"\n${more(where)}`;
  return {
    type,
    variant: 'elsewhere',
    isOurs: true,
    around: keysOf(name),
    body: body('home', HOME),
    state: { region: HOME },
    changes: [{ body: body('west', WEST), how: 'replace', of: replacedBy }],
    refused: [],
    ...rest,
  };
}

const inWest = (id: (state: Attributes) => string) => (state: Attributes) => `${id(state)}@${WEST}`;
const idInWest = inWest((state) => text(state, 'id'));

const deleteKeyInWest =
  (id: string) =>
  ({ kmsWest }: Hands, state: Attributes): Promise<unknown> =>
    kmsWest.send(new ScheduleKeyDeletionCommand({ KeyId: text(state, id), PendingWindowInDays: 7 }));

export const aliasElsewhere = moving(
  'aws_kms_alias',
  'of_far_alias',
  (where) => `name = "alias/far"\ntarget_key_id = aws_kms_key.of_far_alias_${where}.id`,
  ['region'],
  {
    importId: idInWest,
    deleteByHand: ({ kmsWest }) => kmsWest.send(new DeleteAliasCommand({ AliasName: 'alias/far' })),
  },
);

export const grantElsewhere = moving(
  'aws_kms_grant',
  'of_far_grant',
  (where) =>
    `key_id = aws_kms_key.of_far_grant_${where}.id\ngrantee_principal = "${ACCOUNT_ROOT}"\noperations = ["Decrypt"]`,
  ['key_id', 'region'],
  {
    secrets: ['grant_token'],
    importId: idInWest,
    unknownToImport: ['grant_token'],
    deleteByHand: ({ kmsWest }, state) =>
      kmsWest.send(new RevokeGrantCommand({ KeyId: text(state, 'key_id'), GrantId: text(state, 'grant_id') })),
  },
);

export const policyElsewhere = moving(
  'aws_kms_key_policy',
  'of_far_policy',
  (where) => `key_id = aws_kms_key.of_far_policy_${where}.id\npolicy = ${hcl(keyPolicy('far'))}`,
  ['key_id', 'region'],
  {
    importId: idInWest,
    byHand: {
      change: ({ kmsWest }, state) =>
        kmsWest.send(new PutKeyPolicyCommand({ KeyId: text(state, 'key_id'), Policy: keyPolicy('by-hand') })),
      shows: ['policy'],
    },
    deleteByHand: deleteKeyInWest('key_id'),
  },
);

export const ciphertextElsewhere = moving(
  'aws_kms_ciphertext',
  'of_far_ciphertext',
  (where) => `key_id = aws_kms_key.of_far_ciphertext_${where}.id\nplaintext = "a-secret-far-away"`,
  ['key_id', 'region'],
  { secrets: ['plaintext'] },
);

export const dataKeyElsewhere = moving(
  'kms_data_key_without_plaintext',
  'of_far_data_key',
  (where) => `provider = aws\nkey_id = aws_kms_key.of_far_data_key_${where}.id`,
  ['key_id', 'region'],
  { importId: inWest((state) => `${text(state, 'key_id')},,${text(state, 'ciphertext_blob')}`) },
);

export const externalKeyElsewhere: TypeCase = {
  ...moving('aws_kms_external_key', 'unused', () => 'description = "far"', ['region'], {
    importId: idInWest,
    byHand: {
      change: ({ kmsWest }, state) =>
        kmsWest.send(new UpdateKeyDescriptionCommand({ KeyId: text(state, 'id'), Description: 'by hand' })),
      shows: ['description'],
    },
    deleteByHand: deleteKeyInWest('id'),
  }),
  around: '',
};

export const replicaExternalKeyElsewhere: TypeCase = {
  ...moving(
    'aws_kms_replica_external_key',
    'unused',
    () => 'primary_key_arn = aws_kms_external_key.primary_far.arn',
    ['region'],
    { importId: idInWest, deleteByHand: deleteReplica },
  ),
  around: `resource "aws_kms_external_key" "primary_far" {
  multi_region        = true
  enabled             = true
  key_material_base64 = "${materialOf(6)}"
}`,
  recover: recoverReplica,
};
