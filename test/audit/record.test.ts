/**
 * The identities and members in audit records: users, roles and their sessions, services, callers of other accounts.
 */
import { createHash } from 'node:crypto';
import { boundedParameters } from '@keystead/control-plane/audit/bounded-parameters.ts';
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { timeOfId } from '@keystead/control-plane/domain/identifiers/time-ordered-id.ts';
import type { Authority, SessionFacts } from '@keystead/policy/authority.ts';
import { noPolicies } from '@keystead/policy/authority.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { aKey } from '../support/a-key.ts';
import { allowed, everything, foreignUser } from '../support/callers.ts';
import {
  accountId,
  addRoot,
  openTestControlPlane,
  region,
  rootOf,
  type TestControlPlane,
} from '../support/test-control-plane.ts';

const OTHER = '444455556666';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

const aCaller = (
  principal: Principal,
  authority: Partial<Authority> = {},
  accessKeyId = 'ASIA0000000000000000',
): Caller => ({
  principal,
  authority: { ...noPolicies, ...authority },
  accessKeyId,
  accountId: principal.accountId,
  region,
});

const issuedAtMs = Date.UTC(2026, 0, 1, 11, 30);
const session: SessionFacts = { issuedAtMs, expiresAtMs: issuedAtMs + 3_600_000 };

const role = (account = accountId): Principal => ({
  kind: 'assumed-role',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/ci/build-42`,
  principalId: 'AROAEXAMPLEEXAMPLE00:build-42',
  roleArn: `arn:aws:iam::${account}:role/pipelines/ci`,
  roleId: 'AROAEXAMPLEEXAMPLE00',
  roleName: 'ci',
  sessionName: 'build-42',
});

/** The identity in the record of a request by this caller, refused or not. */
async function identityOf(caller: Caller) {
  await controlPlane.perform('ListKeys', {}, { as: caller }).catch(() => undefined);
  const [event] = await controlPlane.events('ListKeys', { accountId: caller.accountId });
  return event;
}

describe('userIdentity', () => {
  test('of the root principal and of a user with an access key', async () => {
    expect((await identityOf(rootOf(accountId)))?.userIdentity).toEqual({
      type: 'Root',
      principalId: accountId,
      arn: `arn:aws:iam::${accountId}:root`,
      accountId,
      accessKeyId: 'AKIAROOT000000000000',
    });
    const ada = await controlPlane.user('ada');
    expect((await identityOf(ada))?.userIdentity).toMatchObject({ type: 'IAMUser', userName: 'ada' });
    expect((await identityOf(ada))?.userIdentity).not.toHaveProperty('sessionContext');
  });

  test('of a user’s session token says when it was issued', async () => {
    const { principal } = await controlPlane.user('ada');
    const event = await identityOf(aCaller(principal, { session }));
    expect(event?.userIdentity).toMatchObject({
      type: 'IAMUser',
      accessKeyId: 'ASIA0000000000000000',
      sessionContext: { attributes: { creationDate: '2026-01-01T11:30:00Z', mfaAuthenticated: 'false' } },
    });
  });

  test('of an assumed role names the session and the role that issued it', async () => {
    const event = await identityOf(aCaller(role(), { session: { ...session, sourceIdentity: 'ada' } }));
    expect(event?.userIdentity).toEqual({
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLEEXAMPLE00:build-42',
      arn: `arn:aws:sts::${accountId}:assumed-role/ci/build-42`,
      accountId,
      accessKeyId: 'ASIA0000000000000000',
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLEEXAMPLE00',
          arn: `arn:aws:iam::${accountId}:role/pipelines/ci`,
          accountId,
          userName: 'ci',
        },
        attributes: { creationDate: '2026-01-01T11:30:00Z', mfaAuthenticated: 'false' },
        sourceIdentity: 'ada',
      },
    });
    const { Events } = await controlPlane.perform('LookupEvents', { Username: 'build-42' });
    expect(Events).toMatchObject([{ EventName: 'ListKeys', Username: 'build-42' }]);
  });

  test('of a role opened by a web identity names the provider and its claims', async () => {
    const provider = `arn:aws:iam::${accountId}:oidc-provider/token.example.com`;
    const federatedClaims = { 'token.example.com:sub': 'repo:keystead' };
    const facts = { ...session, federatedProvider: provider, federatedClaims };
    expect((await identityOf(aCaller(role(), { session: facts })))?.userIdentity).toMatchObject({
      sessionContext: { webIdFederationData: { federatedProvider: provider, attributes: federatedClaims } },
    });
  });

  test('of a service is the service, which also replaces address and agent', async () => {
    const name = 'dynamodb.amazonaws.com';
    const event = await identityOf(aCaller({ kind: 'aws-service', accountId, arn: name, principalId: name }));
    expect(event).toMatchObject({
      userIdentity: { type: 'AWSService', invokedBy: name },
      sourceIPAddress: name,
      userAgent: name,
    });
  });

  test('of a user who came through a service names both', async () => {
    const { principal } = await controlPlane.user('ada');
    const event = await identityOf(aCaller(principal, { viaService: 's3.eu-west-1.amazonaws.com' }));
    expect(event).toMatchObject({
      userIdentity: { type: 'IAMUser', userName: 'ada', invokedBy: 's3.amazonaws.com' },
      sourceIPAddress: 's3.amazonaws.com',
    });
  });
});

describe('a call on another account’s key', () => {
  const openToAll = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: 'kms:DescribeKey', Resource: '*' },
    ],
  });
  beforeEach(() => addRoot(controlPlane.store, OTHER, controlPlane.clock.now()));

  test('is in both accounts’ logs, as two events of one call; the owner learns less about the caller', async () => {
    const { Arn } = await aKey(controlPlane, { Policy: openToAll });
    await controlPlane.perform('DescribeKey', { KeyId: Arn }, { as: rootOf(OTHER) });
    const [theirs] = await controlPlane.events('DescribeKey', { accountId: OTHER });
    const [owners] = await controlPlane.events('DescribeKey');
    expect(theirs).toMatchObject({ recipientAccountId: OTHER, userIdentity: { type: 'Root', accountId: OTHER } });
    expect(owners).toMatchObject({ recipientAccountId: accountId, resources: [{ ARN: Arn, accountId }] });
    expect(owners?.userIdentity).toEqual({ type: 'AWSAccount', principalId: OTHER, accountId: OTHER });
    expect(owners?.sharedEventID).toMatch(/^[0-9a-f-]{36}$/);
    expect(owners?.sharedEventID).toBe(theirs?.sharedEventID);
    expect(owners?.eventID).not.toBe(theirs?.eventID);
    expect(owners?.requestID).toBe(theirs?.requestID);
  });

  test('is only in the caller’s log when no other account can ever make it', async () => {
    const { Arn } = await aKey(controlPlane, { Policy: openToAll });
    await controlPlane.refusal('DisableKey', { KeyId: Arn }, { as: rootOf(OTHER) });
    expect(await controlPlane.events('DisableKey', { accountId: OTHER })).toHaveLength(1);
    expect(await controlPlane.events('DisableKey')).toEqual([]);
  });

  describe('that is refused', () => {
    const Plaintext = Buffer.from('x');
    const denying = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        ...(JSON.parse(openToAll) as { Statement: object[] }).Statement,
        { Sid: 'not them', Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' },
      ],
    });
    const visitor = allowed(foreignUser(OTHER, 'visitor'), everything);
    /** Of the caller's log, without what differs in every two requests. */
    const theirsOf = async (eventName: string) => {
      const [event] = await controlPlane.events(eventName, { accountId: OTHER });
      const { eventID: _e, requestID: _r, userAgent: _u, requestParameters: _p, ...rest } = event ?? {};
      return rest;
    };

    test.each(['key', 'alias'])('says to the caller what a %s that does not exist says', async (kind) => {
      const { Arn, KeyId } = await aKey(controlPlane, { Policy: denying });
      await controlPlane.perform('CreateAlias', { AliasName: 'alias/hidden', TargetKeyId: KeyId });
      const existing = kind === 'key' ? Arn : Arn.replace(/key\/.*/, 'alias/hidden');
      const missing = kind === 'key' ? `${Arn.slice(0, -4)}0000` : Arn.replace(/key\/.*/, 'alias/missing');
      await controlPlane.refusal('Encrypt', { KeyId: existing, Plaintext }, { as: visitor });
      const ofExisting = await theirsOf('Encrypt');
      await controlPlane.refusal('Encrypt', { KeyId: missing, Plaintext }, { as: visitor });
      expect(ofExisting).toEqual(await theirsOf('Encrypt'));
      expect(ofExisting).toMatchObject({ errorCode: 'AccessDeniedException', resources: [] });
      if (kind === 'alias') expect(JSON.stringify(ofExisting)).not.toContain(KeyId);
    });

    test('does not name the key of a ciphertext, nor its owner', async () => {
      const { Arn, KeyId } = await aKey(controlPlane);
      const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
      await controlPlane.refusal('Decrypt', { CiphertextBlob }, { as: visitor });
      const theirs = JSON.stringify(await theirsOf('Decrypt'));
      for (const secret of [KeyId, accountId]) expect(theirs).not.toContain(secret);
      expect(await controlPlane.events('Decrypt')).toMatchObject([
        { errorCode: 'AccessDeniedException', resources: [{ ARN: Arn, accountId }], recipientAccountId: accountId },
      ]);
    });

    test('says to the owner which statement decided, and of the caller its account and id', async () => {
      const { Arn } = await aKey(controlPlane, { Policy: denying });
      await controlPlane.refusal('Encrypt', { KeyId: Arn, Plaintext }, { as: visitor });
      const [owners] = await controlPlane.events('Encrypt');
      expect(owners).toMatchObject({
        errorCode: 'AccessDeniedException',
        userIdentity: { type: 'AWSAccount', accountId: OTHER },
        resources: [{ ARN: Arn, accountId }],
        additionalEventData: { keysteadAuthorization: [{ decision: 'Deny', statement: 'not them', resource: Arn }] },
      });
      expect(JSON.stringify(owners)).not.toContain('visitor');
    });

    test('does not say to the owner which of the caller’s policies was missing', async () => {
      const { Arn } = await aKey(controlPlane, { Policy: openToAll });
      const as = allowed(foreignUser(OTHER, 'visitor'), { ...everything, Effect: 'Deny', Sid: 'OwnReasons' });
      await controlPlane.refusal('DescribeKey', { KeyId: Arn }, { as });
      const [owners] = await controlPlane.events('DescribeKey');
      expect(owners?.additionalEventData).toEqual({
        keysteadAuthorization: [
          { action: 'kms:DescribeKey', resource: Arn, decision: 'Deny', policy: 'identity policy' },
        ],
      });
      expect(await theirsOf('DescribeKey')).toMatchObject({ resources: [] });
      expect(await theirsOf('DescribeKey')).not.toHaveProperty('additionalEventData');
    });

    test('keeps what the caller’s own key policy decided, where the answer says so', async () => {
      const { Arn } = await aKey(controlPlane);
      const own = await aKey(controlPlane, {}, { as: rootOf(OTHER) });
      const { CiphertextBlob } = await controlPlane.perform(
        'Encrypt',
        { KeyId: own.KeyId, Plaintext },
        { as: rootOf(OTHER) },
      );
      const reEncrypt = { CiphertextBlob, SourceKeyId: own.Arn, DestinationKeyId: Arn };
      await controlPlane.refusal('ReEncrypt', reEncrypt, { as: foreignUser(OTHER, 'visitor') });
      expect(await theirsOf('ReEncrypt')).toMatchObject({
        resources: [{ ARN: own.Arn, accountId: OTHER }],
        additionalEventData: { keysteadAuthorization: [{ action: 'kms:ReEncryptFrom', resource: own.Arn }] },
      });
      await controlPlane.refusal('ReEncrypt', reEncrypt, { as: rootOf(OTHER) });
      expect(await theirsOf('ReEncrypt')).toMatchObject({ resources: [] });
      expect(await theirsOf('ReEncrypt')).not.toHaveProperty('additionalEventData');
      expect((await controlPlane.events('ReEncrypt'))[0]).toMatchObject({ resources: [{ ARN: Arn, accountId }] });
    });
  });
});

describe('one record', () => {
  test('shares no event with other accounts when the key is the caller’s own', async () => {
    await aKey(controlPlane);
    const [event] = await controlPlane.events('CreateKey');
    expect(event).not.toHaveProperty('sharedEventID');
  });

  test('has the defaults of CreateKey filled in, and times in words', async () => {
    await aKey(controlPlane, { Description: 'payroll' });
    await controlPlane.perform('LookupEvents', { StartTime: new Date(Date.UTC(2026, 0, 1, 10)) });
    const [created] = await controlPlane.events('CreateKey');
    expect(created?.requestParameters).toEqual({
      description: 'payroll',
      origin: 'AWS_KMS',
      keySpec: 'SYMMETRIC_DEFAULT',
      customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      bypassPolicyLockoutSafetyCheck: false,
      multiRegion: false,
    });
    const [asked] = await controlPlane.events('LookupEvents');
    expect(asked).toMatchObject({
      eventSource: 'cloudtrail.amazonaws.com',
      requestParameters: { startTime: 'Jan 1, 2026, 10:00:00 AM' },
    });
  });

  test('has the default encryption algorithm filled in, refused or not', async () => {
    const { KeyId } = await aKey(controlPlane);
    const Plaintext = Buffer.from('attack at dawn');
    const { CiphertextBlob = Buffer.of() } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    await controlPlane.perform('Decrypt', { CiphertextBlob });
    await controlPlane.perform('ReEncrypt', { CiphertextBlob, DestinationKeyId: KeyId });
    const parametersOf = async (name: string) =>
      (await controlPlane.events(name)).map((each) => each.requestParameters);
    const encryptionAlgorithm = 'SYMMETRIC_DEFAULT';
    expect(await parametersOf('Encrypt')).toEqual([{ encryptionAlgorithm, keyId: KeyId }]);
    expect(await parametersOf('Decrypt')).toEqual([{ encryptionAlgorithm }]);
    expect(await parametersOf('ReEncrypt')).toEqual([
      {
        sourceEncryptionAlgorithm: encryptionAlgorithm,
        destinationEncryptionAlgorithm: encryptionAlgorithm,
        destinationKeyId: KeyId,
      },
    ]);
    await controlPlane.refusal('Decrypt', { CiphertextBlob, KeyId: 'alias/nowhere' });
    const context = {
      CiphertextBlob,
      EncryptionContext: { a: '1' },
      EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    } as const;
    await controlPlane.refusal('Decrypt', context);
    expect(await parametersOf('Decrypt')).toEqual([
      { encryptionAlgorithm: 'RSAES_OAEP_SHA_256', encryptionContext: { a: '1' } },
      { encryptionAlgorithm, keyId: 'alias/nowhere' },
      { encryptionAlgorithm },
    ]);
  });

  test('has ids that tell its time', async () => {
    await aKey(controlPlane);
    const [event] = await controlPlane.events('CreateKey');
    for (const id of [event?.eventID, event?.requestID]) expect(timeOfId(id ?? '')).toBe(controlPlane.clock.now());
  });

  test('does not have the secrets of requests and answers, whatever an operation adds', async () => {
    await controlPlane.user('ada');
    const { AccessKey } = await controlPlane.perform('CreateAccessKey', { UserName: 'ada' });
    const { KeyId } = await aKey(controlPlane);
    const Plaintext = Buffer.from('the plaintext that must not be stored');
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    await controlPlane.perform('Decrypt', { CiphertextBlob });
    const all = await controlPlane.store.lookupAudit({ accountId, limit: 100 });
    const text = JSON.stringify(all.records);
    expect(all.records.length).toBeGreaterThan(4);
    for (const secret of [AccessKey.SecretAccessKey, Plaintext.toString(), Plaintext.toString('base64')]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/"(secretAccessKey|plaintext|ciphertextBlob|sessionToken)"/i);
  });
});

describe('a request that is too long for a record', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  test('has what is too long by SHA-256 and length, and everything else as sent', async () => {
    const { KeyId } = await aKey(controlPlane);
    const { Policy = '' } = await controlPlane.perform('GetKeyPolicy', { KeyId });
    const padded = Policy.replace('{', `{${' '.repeat(110_000)}`);
    await controlPlane.refusal('PutKeyPolicy', { KeyId, Policy: padded, BypassPolicyLockoutSafetyCheck: true });
    await controlPlane.refusal('CreateKey', { Policy: padded, Description: 'payroll' });
    const policy = { sha256: sha256(padded), lengthInBytes: padded.length };
    const [put] = await controlPlane.events('PutKeyPolicy');
    expect(put?.requestParameters).toEqual({ keyId: KeyId, policy, bypassPolicyLockoutSafetyCheck: true });
    const [created] = await controlPlane.events('CreateKey');
    expect(created?.requestParameters).toMatchObject({ description: 'payroll', policy, keyUsage: 'ENCRYPT_DECRYPT' });
  });

  test('has only as many members replaced as needed, the longest first, lists by their JSON text', () => {
    const tags = Array.from({ length: 2000 }, (_, index) => ({ tagKey: `key-${index}`, tagValue: 'value' }));
    const [policy, description] = ['p'.repeat(80_000), 'd'.repeat(9000)];
    const text = JSON.stringify(tags);
    expect(text.length).toBeGreaterThan(policy.length);
    const tagsSeen = { sha256: sha256(text), lengthInBytes: text.length };
    expect(boundedParameters({ policy, tags, description })).toEqual({ policy, tags: tagsSeen, description });
    const twice = [...tags, ...tags];
    expect(boundedParameters({ policy: policy.repeat(2), tags: twice, description })).toEqual({
      policy: { sha256: sha256(policy.repeat(2)), lengthInBytes: 160_000 },
      tags: { sha256: sha256(JSON.stringify(twice)), lengthInBytes: JSON.stringify(twice).length },
      description,
    });
    const short = { policy, description };
    expect(boundedParameters(short)).toBe(short);
    expect(boundedParameters(null)).toBeNull();
  });

  test('is measured in bytes', () => {
    const description = '\u20ac'.repeat(40_000);
    expect(boundedParameters({ description, keyId: 'k' })).toEqual({
      description: { sha256: sha256(description), lengthInBytes: 120_000 },
      keyId: 'k',
    });
  });
});
