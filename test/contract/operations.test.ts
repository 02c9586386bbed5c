import { errors } from '@keystead/provider-schema/errors.ts';
import { families, findOperation, operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord, Target } from '@keystead/provider-schema/records.ts';
import { hasBody, otherMembers, pathMembers, queryParameters } from '@keystead/provider-schema/rest.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import type { KeyState, StateRule } from '@keystead/provider-schema/vocabulary.ts';

const records: readonly OperationRecord[] = operationNames.map((name) => operations[name]);
const aws = records.filter((record) => record.service === 'kms');

/** The API reference's list of actions. */
const kmsOperations =
  `CancelKeyDeletion ConnectCustomKeyStore CreateAlias CreateCustomKeyStore CreateGrant CreateKey Decapsulate Decrypt
  DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial DeriveSharedSecret DescribeCustomKeyStores DescribeKey DisableKey
  DisableKeyRotation DisconnectCustomKeyStore EnableKey EnableKeyRotation Encapsulate Encrypt GenerateDataKey GenerateDataKeyPair
  GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom GetKeyLastUsage GetKeyPolicy
  GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListAliases ListGrants ListKeyPolicies
  ListKeyRotations ListKeys ListResourceTags ListRetirableGrants PutKeyPolicy ReEncrypt ReplicateKey RetireGrant RevokeGrant
  RotateKeyOnDemand ScheduleKeyDeletion Sign TagResource UntagResource UpdateAlias UpdateCustomKeyStore UpdateKeyDescription
  UpdatePrimaryRegion Verify VerifyMac`.split(/\s+/);

describe('the table of operations', () => {
  test('has the 56 operations of AWS KMS, all served at the AWS door', () => {
    expect(kmsOperations).toHaveLength(56);
    expect(aws.map((record) => record.name).sort()).toEqual([...kmsOperations].sort());
  });

  test('implements all operations of the other services and its own', () => {
    const other = records.filter((record) => record.service !== 'kms');
    expect(other.filter((record) => record.status !== 'implemented').map((record) => record.name)).toEqual([]);
    expect(new Set(other.map((record) => record.service))).toEqual(new Set(['iam', 'sts', 'cloudtrail', 'keystead']));
  });

  test('has IAM’s operations on users, groups, roles, policies, boundaries, access keys, OIDC providers and account aliases', () => {
    const names = records.filter((record) => record.service === 'iam').map((record) => record.name);
    const onPolicies = ['User', 'Group', 'Role'].flatMap((entity) =>
      `Put${entity}Policy Get${entity}Policy Delete${entity}Policy List${entity}Policies
       Attach${entity}Policy Detach${entity}Policy ListAttached${entity}Policies`.split(/\s+/),
    );
    const onTags = ['User', 'Role', 'Policy', 'OpenIDConnectProvider'].flatMap((entity) => [
      `Tag${entity}`,
      `Untag${entity}`,
      `List${entity}Tags`,
    ]);
    const others = `CreateUser GetUser ListUsers UpdateUser DeleteUser PutUserPermissionsBoundary
      DeleteUserPermissionsBoundary CreateAccessKey ListAccessKeys UpdateAccessKey DeleteAccessKey GetAccessKeyLastUsed
      CreateGroup GetGroup ListGroups UpdateGroup DeleteGroup AddUserToGroup RemoveUserFromGroup ListGroupsForUser
      CreateRole GetRole ListRoles UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole
      ListInstanceProfilesForRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary CreatePolicy GetPolicy
      ListPolicies DeletePolicy CreatePolicyVersion GetPolicyVersion ListPolicyVersions DeletePolicyVersion
      SetDefaultPolicyVersion ListEntitiesForPolicy CreateOpenIDConnectProvider GetOpenIDConnectProvider
      ListOpenIDConnectProviders DeleteOpenIDConnectProvider AddClientIDToOpenIDConnectProvider
      RemoveClientIDFromOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint GetAccountSummary
      CreateServiceLinkedRole DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus
      GetAccountAuthorizationDetails CreateAccountAlias ListAccountAliases DeleteAccountAlias`.split(/\s+/);
    expect(names.sort()).toEqual([...onPolicies, ...onTags, ...others].sort());
  });

  test('implements every operation of AWS KMS', () => {
    expect(aws.filter((record) => record.status === 'planned').map((record) => record.name)).toEqual([]);
  });

  test('keeps each record under its own name, in one family of its API', () => {
    for (const name of operationNames) expect(operations[name].name).toBe(name);
    for (const [service, ofApi] of Object.entries(families)) {
      const records = Object.values<Readonly<Record<string, OperationRecord>>>(ofApi).flatMap(Object.values);
      expect(new Set(records.map((record) => record.service))).toEqual(new Set([service]));
    }
    const inFamilies = Object.values(families).flatMap(Object.values).flatMap(Object.keys);
    expect([...inFamilies].sort()).toEqual([...operationNames].sort());
  });

  test('finds operations by name, and not inherited names of an object', () => {
    expect(findOperation('Encrypt')?.name).toBe('Encrypt');
    for (const name of ['encrypt', '', 'constructor', '__proto__', 'toString']) {
      expect(findOperation(name)).toBeUndefined();
    }
  });

  test.each(records)('$name names shapes, members and error codes that exist', (record) => {
    const { members } = structureOf(record.input);
    if (record.output !== null) structureOf(record.output);
    for (const code of record.errors) expect(Object.keys(errors)).toContain(code);
    expect([...record.errors].sort()).toEqual([...new Set(record.errors)].sort());
    for (const member of record.targets.flatMap(membersOf)) expect(Object.keys(members)).toContain(member);
  });

  test('takes its actions from kms except in our own operations', () => {
    const actions = aws.flatMap((record) => record.targets.map((target) => target.action));
    expect(actions.every((action) => /^kms:[A-Z][A-Za-z]+$/.test(action))).toBe(true);
    // There is no action kms:ReEncrypt.
    expect(actions).not.toContain('kms:ReEncrypt');
    expect(operations.ReEncrypt.targets.map((target) => target.action)).toEqual([
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ]);
  });

  test('lets grants allow exactly the operations that a grant can name', () => {
    const grantable = records
      .filter((record) => record.grantable)
      .flatMap((record) => record.targets.map((target) => target.action.slice('kms:'.length)));
    expect(grantable.sort()).toEqual([...values.GrantOperation.enum].sort());
  });

  test('needs no identity policy where AWS needs none, for a role its trust policy, and for a list each key’s policy', () => {
    const free = records.filter((record) => record.targets.length === 0).map((record) => record.name);
    const ofSts = ['GetCallerIdentity', 'AssumeRole', 'AssumeRoleWithWebIdentity', 'GetSessionToken'];
    expect(free.sort()).toEqual([...ofSts, 'ReviewPlannedChanges'].sort());
    expect(records.filter(({ unsigned }) => unsigned).map(({ name }) => name)).toEqual(['AssumeRoleWithWebIdentity']);
  });

  test('reads a whole key only with the permissions of the calls it combines', () => {
    expect(operations.GetKeyConfiguration.targets.map((target) => target.action).sort()).toEqual(
      `kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListGrants kms:ListResourceTags`.split(' '),
    );
  });
});

function membersOf(target: Target): readonly string[] {
  switch (target.kind) {
    case 'key':
      return target.ciphertextMember === undefined ? [target.member] : [target.member, target.ciphertextMember];
    case 'alias':
    case 'drift-reports':
      return [target.member];
    case 'identity':
      return [target.member, target.when].filter((member) => member !== undefined);
    case 'account':
      return [target.when, target.region].filter((member) => member !== undefined);
    case 'grant':
      return [];
  }
}

describe('routes', () => {
  test('are unique by method and path, whatever the members in braces are called', () => {
    const routes = records.map(({ rest }) => `${rest.method} ${rest.path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  test.each(records)('$name has required scalar members in its path and a fitting success status', (record) => {
    const { members, required = [] } = structureOf(record.input);
    expect(record.rest.path).toMatch(/^(\/(v1|[a-z-]+|\{[A-Za-z]+\}))+$/);
    // A member that the Query door lets a caller omit, for the caller itself, is required in the path.
    const orCaller = record.targets.flatMap((target) =>
      target.kind === 'identity' && target.orCaller ? [target.member] : [],
    );
    for (const member of pathMembers(record)) {
      expect([...required, ...orCaller]).toContain(member);
      expect(shapeOf(members[member] ?? '').type).toBe('string');
    }
    expect(record.rest.successStatus === 204).toBe(record.output === null && record.rest.successStatus !== 201);
    if (record.effect === 'read') expect(record.rest.successStatus).toBe(200);
    if (record.rest.method === 'GET') expect(record.effect).toBe('read');
  });

  test.each(records)('$name can carry every member that is not in its path', (record) => {
    const all = Object.keys(structureOf(record.input).members);
    expect([...pathMembers(record), ...otherMembers(record)].sort()).toEqual([...all].sort());
    if (hasBody(record)) return;
    // No query can carry the list of structures that CloudTrail has; each attribute is a parameter of its own.
    const carried = otherMembers(record).filter((name) => name !== 'LookupAttributes');
    expect(queryParameters(record).map((each) => each.name)).toEqual(carried);
  });

  test('never put a secret or a ciphertext in a URL', () => {
    for (const record of records) {
      const { members } = structureOf(record.input);
      for (const member of hasBody(record) ? pathMembers(record) : Object.keys(members)) {
        const shape = shapeOf(members[member] ?? '');
        expect(shape.sensitive).toBeUndefined();
        expect(shape.type).not.toBe('blob');
      }
    }
  });

  test('have types by which query text becomes a value', () => {
    const types = Object.fromEntries(queryParameters(operations.DescribeKey).map(({ name, type }) => [name, type]));
    expect(types).toEqual({ GrantTokens: 'list' });
    expect(queryParameters(operations.ListKeys)).toContainEqual({ name: 'Limit', type: 'number' });
    expect(queryParameters(operations.RevokeGrant)).toContainEqual({ name: 'DryRun', type: 'boolean' });
    expect(queryParameters(operations.LookupEvents)).toContainEqual({ name: 'StartTime', type: 'number' });
    expect(queryParameters(operations.Encrypt)).toEqual([]);
  });
});

/**
 * The developer guide's key state table, repeated by hand: o proceeds; D is disabled; P pending deletion; N not
 * pending deletion; I pending import; U unavailable; C creating; G updating; O unsupported; - cannot happen.
 * For operations of keys of one origin, the row of a key of that origin.
 */
const stateColumns: readonly (readonly KeyState[])[] = [
  ['Enabled'],
  ['Disabled'],
  ['PendingDeletion', 'PendingReplicaDeletion'],
  ['PendingImport'],
  ['Unavailable'],
  ['Creating'],
  ['Updating'],
];
const stateTable = `
  CancelKeyDeletion N N o N N N N
  CreateAlias o o P o o o o
  CreateGrant o D P I o C o
  Decapsulate o D P I - C o
  Decrypt o D P I U C o
  DeleteImportedKeyMaterial o o o o O C G
  DeriveSharedSecret o D P I - C o
  DescribeKey o o o o o o o
  DisableKey o o P I o C G
  DisableKeyRotation o D P O O C o
  EnableKey o o P I o C G
  EnableKeyRotation o D P O O C o
  Encapsulate o D P I - C o
  Encrypt o D P I U C o
  GenerateDataKey o D P I U C o
  GenerateDataKeyPair o D P I U C o
  GenerateDataKeyPairWithoutPlaintext o D P I U C o
  GenerateDataKeyWithoutPlaintext o D P I U C o
  GenerateMac o D P I - C o
  GetKeyLastUsage o o o o o o o
  GetKeyPolicy o o o o o o o
  GetKeyRotationStatus o o o o o o o
  GetParametersForImport o o P o O C G
  GetPublicKey o D P I - C o
  ImportKeyMaterial o o P o O C o
  ListAliases o o o o o o o
  ListGrants o o o o o o o
  ListKeyPolicies o o o o o o o
  ListKeyRotations o o o o O o o
  ListResourceTags o o o o o o o
  PutKeyPolicy o o o o o o o
  ReEncrypt o D P I U C o
  ReplicateKey o D P I - C G
  RevokeGrant o o o o o o o
  RotateKeyOnDemand o D P I O C G
  ScheduleKeyDeletion o o P o o o G
  Sign o D P I - C o
  TagResource o o P o o o o
  UntagResource o o P o o o o
  UpdateAlias o o P o o o o
  UpdateKeyDescription o o P o o o o
  UpdatePrimaryRegion o D P I - C o
  Verify o D P I - C o
  VerifyMac o D P I - C o`;
const rules: Readonly<Record<string, StateRule>> = {
  o: 'ok',
  D: 'DisabledException',
  O: 'UnsupportedOperationException',
};

describe('key states', () => {
  const rows = stateTable
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

  test('have a row for every operation of AWS KMS that touches a key', () => {
    const touching = records.filter(
      ({ service, targets }) => service === 'kms' && targets.some((target) => target.kind === 'key'),
    );
    expect(rows.map(([name]) => name).sort()).toEqual(touching.map((record) => record.name).sort());
  });

  test.each(rows)('%s answers in each state as the guide says', (name, ...cells) => {
    const targets = findOperation(name ?? '')?.targets.filter((target) => target.kind === 'key') ?? [];
    expect(cells).toHaveLength(stateColumns.length);
    for (const { states } of targets) {
      cells.forEach((cell, column) => {
        for (const state of stateColumns[column] ?? []) {
          if (cell === '-') expect(states[state]).not.toBe('ok');
          else expect(states[state]).toBe(rules[cell] ?? 'KMSInvalidStateException');
        }
      });
    }
  });
});

/** Which operations work on a key of another account, and which take an alias: the guide's tables, repeated by hand. */
describe('identifiers', () => {
  const namesWhere = (holds: (target: Extract<Target, { kind: 'key' }>) => boolean) =>
    aws
      .filter((record) => record.targets.some((target) => target.kind === 'key' && holds(target)))
      .map((record) => record.name)
      .sort();
  const cryptographic = `Decapsulate Decrypt DeriveSharedSecret Encapsulate Encrypt GenerateDataKey GenerateDataKeyPair
    GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetPublicKey ReEncrypt Sign Verify
    VerifyMac`.split(/\s+/);

  test('can be aliases where a key is used or described', () => {
    expect(namesWhere((target) => target.accepts === 'key-or-alias')).toEqual([...cryptographic, 'DescribeKey'].sort());
  });

  test('can name keys of other accounts for use, description, grants and rotation status', () => {
    expect(namesWhere((target) => target.crossAccount)).toEqual(
      [...cryptographic, 'CreateGrant', 'DescribeKey', 'GetKeyRotationStatus', 'ListGrants', 'RevokeGrant'].sort(),
    );
  });

  test('can be left out where the ciphertext names the key', () => {
    expect(namesWhere((target) => target.ciphertextMember !== undefined)).toEqual(['Decrypt', 'ReEncrypt']);
  });

  test('restrict use to fitting key usages and specs', () => {
    const usages = Object.fromEntries(
      aws.flatMap((record) =>
        record.targets.flatMap((target) =>
          target.kind === 'key' && target.usages ? [[record.name, target.usages.join()]] : [],
        ),
      ),
    );
    expect(usages).toEqual({
      ...Object.fromEntries(
        cryptographic.filter((name) => /crypt|DataKey/.test(name)).map((name) => [name, 'ENCRYPT_DECRYPT']),
      ),
      Sign: 'SIGN_VERIFY',
      Verify: 'SIGN_VERIFY',
      GenerateMac: 'GENERATE_VERIFY_MAC',
      VerifyMac: 'GENERATE_VERIFY_MAC',
      DeriveSharedSecret: 'KEY_AGREEMENT',
      Encapsulate: 'ENCAPSULATE_DECAPSULATE',
      Decapsulate: 'ENCAPSULATE_DECAPSULATE',
    });
    expect(namesWhere((target) => target.keySpecs?.join() === 'SYMMETRIC_DEFAULT')).toEqual(
      cryptographic.filter((name) => name.startsWith('GenerateDataKey')).sort(),
    );
  });
});
