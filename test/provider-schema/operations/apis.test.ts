import { iam, kms, sts } from '@keystead/provider-schema/operations/apis.ts';
import { keyStateErrors } from '@keystead/provider-schema/operations/error-groups.ts';
import { anyState } from '@keystead/provider-schema/operations/states.ts';
import { account, identity, key, usedKey } from '@keystead/provider-schema/operations/targets.ts';

describe('a record', () => {
  test('gets the names of its shapes, its action and the error that all operations have', () => {
    const { EnableKey } = kms({
      EnableKey: {
        summary: 'Enables a KMS key.',
        output: null,
        targets: [key(anyState)],
        accessLevel: 'Write',
        errors: keyStateErrors,
        rest: 'POST /v1/keys/{KeyId}/enable',
      },
    });
    expect(EnableKey).toEqual({
      name: 'EnableKey',
      summary: 'Enables a KMS key.',
      status: 'implemented',
      service: 'kms',
      input: 'EnableKeyRequest',
      output: null,
      targets: [
        {
          kind: 'key',
          member: 'KeyId',
          accepts: 'key',
          crossAccount: false,
          action: 'kms:EnableKey',
          states: anyState,
        },
      ],
      grantable: false,
      effect: 'write',
      accessLevel: 'Write',
      errors: [
        'DependencyTimeoutException',
        'InvalidArnException',
        'KMSInternalException',
        'KMSInvalidStateException',
        'NotFoundException',
      ],
      rest: { method: 'POST', path: '/v1/keys/{KeyId}/enable', successStatus: 204 },
    });
  });

  test('keeps its own values', () => {
    const { AssumeRole } = sts({
      AssumeRole: {
        summary: 'Opens a session of a role.',
        status: 'planned',
        unsigned: true,
        output: 'SessionResponse',
        targets: [],
        accessLevel: 'Write',
        effect: 'read',
        grantable: true,
        rest: 'POST /v1/sessions',
        creates: true,
      },
    });
    expect(AssumeRole).toMatchObject({
      status: 'planned',
      unsigned: true,
      output: 'SessionResponse',
      grantable: true,
      effect: 'read',
      errors: ['KMSInternalException'],
      rest: { successStatus: 201 },
    });
  });

  test.each([
    ['List', 'read'],
    ['Read', 'read'],
    ['Write', 'write'],
    ['Tagging', 'write'],
    ['Permissions management', 'write'],
  ] as const)('of access level %s has the effect %s', (accessLevel, effect) => {
    const { GetUser } = iam({ GetUser: { summary: '', targets: [], accessLevel, rest: 'GET /v1/users' } });
    expect(GetUser.effect).toBe(effect);
  });
});

describe('targets', () => {
  test('name an identity by its default member, or by another', () => {
    expect(identity('role')).toEqual({ kind: 'identity', entity: 'role', member: 'RoleName' });
    expect(identity('policy', { member: 'PolicyName', isNew: true })).toEqual({
      kind: 'identity',
      entity: 'policy',
      member: 'PolicyName',
      isNew: true,
    });
  });

  test('can need an action other than the operation’s', () => {
    const { CreateKey } = kms({
      CreateKey: {
        summary: '',
        targets: [account(), account({ action: 'kms:TagResource', when: 'Tags' })],
        accessLevel: 'Write',
        rest: 'POST /v1/keys',
      },
    });
    expect(CreateKey.targets.map(({ action }) => action)).toEqual(['kms:CreateKey', 'kms:TagResource']);
  });

  test('of a key in use accept every form of name and every account', () => {
    expect(usedKey()).toMatchObject({ accepts: 'key-or-alias', crossAccount: true });
  });
});
