/** Two nodes on one PostgreSQL with one root key, and a PostgreSQL that stops while a node runs. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import type { SigningCredentials } from '@keystead/control-plane/sigv4/sign.ts';
import { openStoreReadOnly } from '@keystead/control-plane/storage/open.ts';
import pino from 'pino';
import { aKey, aUser, type Caller, caller, type Reply } from '../support/calls.ts';
import { createCiIssuer, githubClaims } from '../support/ci-issuer.ts';
import { needs } from '../support/needs.ts';
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts';
import { randomNumbers, seed } from '../support/random.ts';
import { asOneUser, type CommandResult, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { runs } from '../support/sizes.ts';

needs('postgres');

let postgres: PostgresServer;
let database: string;
let directories: string[];
let nodes: TestServer[];
let callers: Caller[];

/** A node with its own directory and the root key of the first node. */
async function startNode(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keystead-node-'));
  const [first] = directories;
  directories.push(dataDir);
  if (first !== undefined) await copyFile(join(first, 'root.key'), join(dataDir, 'root.key'));
  // The credentials file is the first node's: the root user is the same principal on every node.
  if (first !== undefined) await copyFile(join(first, 'credentials'), join(dataDir, 'credentials'));
  return startServer({ dataDir, database, args: ['--job-interval', '1'] });
}

beforeAll(async () => {
  postgres = await startPostgres({ fsync: false });
  database = await postgres.createDatabase();
  directories = [];
  nodes = [await startNode()];
  nodes.push(await startNode());
  callers = nodes.map(({ endpoint, credentials }) => caller(endpoint, credentials));
}, 120_000);
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
  await postgres.stop();
});

function pair<T>(values: readonly T[]): readonly [T, T] {
  const [one, other] = values;
  if (one === undefined || other === undefined) throw new Error('two nodes are needed');
  return [one, other];
}

async function reading<T>(work: (store: Awaited<ReturnType<typeof openStoreReadOnly>>) => Promise<T>): Promise<T> {
  const log = pino({ level: 'silent' });
  const store = await openStoreReadOnly({ database, dataDir: '', clock: systemClock, log });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const verify = (): Promise<CommandResult> =>
  runKeystead(['audit', 'verify', '--database', database, '--data-dir', directories[0] ?? '']);

const REVOCATIONS = runs(100, 100_000);

interface Revocation {
  readonly name: string;
  /** On the other node. */
  use(round: number): Promise<Reply>;
  /** On this node. */
  revoke(round: number): Promise<Reply>;
  restore(round: number): Promise<unknown>;
}

const fail = (): never => {
  throw new Error('there is no such revocation');
};

/** Ways to take an access away on one node, each with a use of it on the other. */
async function revocationsOf(one: Caller, other: Caller): Promise<readonly Revocation[]> {
  const [policyUser, grantee, keyUser] = await Promise.all(
    ['by-policy', 'grantee', 'by-key'].map((name) => aUser(one, name)),
  );
  if (!policyUser || !grantee || !keyUser) return fail();
  const endpoint = nodes[1]?.endpoint ?? '';
  const as = (credentials: SigningCredentials) => caller(endpoint, credentials);
  const policyFor = (...users: readonly { readonly arn: string }[]) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:*', Resource: '*' },
        ...users.map(({ arn }) => ({ Effect: 'Allow', Principal: { AWS: arn }, Action: 'kms:Encrypt', Resource: '*' })),
      ],
    });
  const { keyId: KeyId } = await aKey(one, { Policy: policyFor(policyUser, keyUser) });
  const { keyId: granted } = await aKey(one);
  const encrypt = (by: Caller, key = KeyId) => by.aws('Encrypt', { KeyId: key, Plaintext: 'aGVsbG8=' });
  const grant = async () => {
    const input = { KeyId: granted, GranteePrincipal: grantee.arn, Operations: ['Encrypt'] };
    return String((await one.aws('CreateGrant', input)).json.GrantId);
  };
  let GrantId = await grant();
  const users = new Map<number, Awaited<ReturnType<typeof aUser>>>();
  const userOf = async (round: number) => {
    const known = users.get(round) ?? (await aUser(one, `user-${round}`));
    if (!users.has(round)) await one.aws('PutKeyPolicy', { KeyId, Policy: policyFor(policyUser, keyUser, known) });
    users.set(round, known);
    return known;
  };
  const setStatus = (Status: string) =>
    one.rest('PATCH', `/v1/users/by-key/access-keys/${keyUser.accessKeyId}`, { Status });
  return [
    {
      name: 'a key is disabled',
      use: () => encrypt(other),
      revoke: () => one.aws('DisableKey', { KeyId }),
      restore: () => one.aws('EnableKey', { KeyId }),
    },
    {
      name: 'a policy is changed',
      use: () => encrypt(as(policyUser)),
      revoke: () => one.aws('PutKeyPolicy', { KeyId, Policy: policyFor(keyUser) }),
      restore: () => one.aws('PutKeyPolicy', { KeyId, Policy: policyFor(policyUser, keyUser) }),
    },
    {
      name: 'a grant is revoked',
      use: () => encrypt(as(grantee), granted),
      revoke: () => one.aws('RevokeGrant', { KeyId: granted, GrantId }),
      restore: async () => {
        GrantId = await grant();
      },
    },
    {
      name: 'an access key is deactivated',
      use: () => encrypt(as(keyUser)),
      revoke: () => setStatus('Inactive'),
      restore: () => setStatus('Active'),
    },
    {
      name: 'a user is deleted',
      use: async (round) => encrypt(as(await userOf(round))),
      revoke: async (round) => {
        const { accessKeyId } = await userOf(round);
        await one.rest('DELETE', `/v1/users/user-${round}/access-keys/${accessKeyId}`);
        return one.rest('DELETE', `/v1/users/user-${round}`);
      },
      restore: () => one.aws('PutKeyPolicy', { KeyId, Policy: policyFor(policyUser, keyUser) }),
    },
  ];
}

describe('two nodes on one PostgreSQL', () => {
  test('see each other’s changes at once: keys, policies, aliases, grants, states', async () => {
    const [one, other] = pair(callers);
    for (let round = 0; round < 5; round += 1) {
      const { keyId: KeyId } = await aKey(one, { Description: `round ${round}` });
      const { json } = await other.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' });
      expect((await one.aws('Decrypt', { CiphertextBlob: String(json.CiphertextBlob) })).json.Plaintext).toBe(
        'aGVsbG8=',
      );
      expect((await one.aws('DisableKey', { KeyId })).status).toBe(200);
      expect((await other.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' })).code).toBe('DisabledException');
      expect((await other.aws('EnableKey', { KeyId })).status).toBe(200);
      expect((await one.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' })).status).toBe(200);
      expect((await one.aws('CreateAlias', { AliasName: `alias/${round}`, TargetKeyId: KeyId })).status).toBe(200);
      expect((await other.aws('Encrypt', { KeyId: `alias/${round}`, Plaintext: 'aGVsbG8=' })).status).toBe(200);
      expect((await other.aws('RotateKeyOnDemand', { KeyId })).status).toBe(200);
      expect((await one.aws('Decrypt', { CiphertextBlob: String(json.CiphertextBlob) })).status).toBe(200);
    }
  });

  test(
    `use nothing that the other has revoked, in ${REVOCATIONS} random revocations (seed ${seed})`,
    async () => {
      const [one, other] = pair(callers);
      const random = randomNumbers(seed);
      const revocations = await revocationsOf(one, other);
      const seen = new Map<string, number>();
      for (let round = 0; round < REVOCATIONS; round += 1) {
        const { name, use, revoke, restore } = revocations[random(revocations.length)] ?? fail();
        const step = { round, name };
        // What it uses is in the other node's memory then.
        expect({ ...step, status: (await use(round)).status }).toEqual({ ...step, status: 200 });
        expect({ ...step, revoked: (await revoke(round)).status < 300 }).toEqual({ ...step, revoked: true });
        expect({ ...step, refused: (await use(round)).status >= 400 }).toEqual({ ...step, refused: true });
        await restore(round);
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }
      expect(seen.size).toBe(revocations.length);
    },
    REVOCATIONS * 1000,
  );

  test('see at once which organization an account is in', async () => {
    const [one, other] = pair(callers);
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } };
    const inOrganization = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*', Condition };
    const allowed = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:PutKeyPolicy', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed, inOrganization] });
    const { keyId: KeyId } = await aKey(one, { Policy });
    const codes = () =>
      Promise.all([one, other].map(async (by) => (await by.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' })).code));
    const target = '/v1/accounts/111122223333/organization';
    for (let round = 0; round < 3; round += 1) {
      expect(await codes()).toEqual(['AccessDeniedException', 'AccessDeniedException']);
      expect((await one.rest('PUT', target, { OrganizationId: 'o-a1b2c3d4e5' })).status).toBe(204);
      expect(await codes()).toEqual([undefined, undefined]);
      expect((await other.rest('DELETE', target)).status).toBe(204);
    }
  });

  test('let only one of conflicting creations succeed, and lose no update', async () => {
    const [one, other] = pair(callers);
    const { keyId: KeyId } = await aKey(one);
    for (let round = 0; round < 10; round += 1) {
      const input = { AliasName: `alias/race-${round}`, TargetKeyId: KeyId };
      const codes = await Promise.all([one, other].map(async (by) => (await by.aws('CreateAlias', input)).code));
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(codes).toContain('AlreadyExistsException');
    }
    const tags = Array.from({ length: 40 }, (_, index) => `tag-${index}`);
    const answers = await Promise.all(
      tags.map((TagKey, index) =>
        (index % 2 === 0 ? one : other).aws('TagResource', { KeyId, Tags: [{ TagKey, TagValue: 'set' }] }),
      ),
    );
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [200, '']));
    const { json } = await one.rest('GET', `/v1/keys/${KeyId}/tags`);
    expect((json.Tags as readonly { TagKey: string }[]).map(({ TagKey }) => TagKey).sort()).toEqual(tags.sort());
  });

  test('let an identity token open one session, whichever node it is sent to', async () => {
    const issuer = await createCiIssuer();
    const jwks = join(directories[0] ?? '', 'jwks.json');
    await writeFile(jwks, issuer.jwks);
    const options = ['--repo', 'team/app', '--provider', 'github', '--create', '--yes', '--jwks-file', jwks];
    expect(await nodes[0]?.keystead('ci', 'roles', ...options)).toMatchObject({ code: 0 });
    const exchange = async (token: string, node: number, session: string) => {
      const answer = await fetch(`${nodes[node]?.endpoint}/v1/sessions/assume-role-with-web-identity`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          RoleArn: 'arn:aws:iam::111122223333:role/app-apply',
          RoleSessionName: session,
          WebIdentityToken: token,
        }),
      });
      return answer.status;
    };
    const push = () => issuer.mint(githubClaims('push', { repository: 'team/app' }));
    const used = await push();
    expect([await exchange(used, 0, 'job'), await exchange(used, 1, 'thief'), await exchange(used, 1, 'job')]).toEqual([
      200, 422, 200,
    ]);
    for (let round = 0; round < 3; round += 1) {
      const token = await push();
      const statuses = await Promise.all([0, 1, 0, 1].map((node, at) => exchange(token, node, `job-${at}`)));
      expect(statuses.sort()).toEqual([200, 422, 422, 422]);
    }
  });

  test('number their changes without a gap, and their audit chains verify', async () => {
    const [one, other] = pair(callers);
    await Promise.all(Array.from({ length: 30 }, (_, index) => aKey(index % 2 === 0 ? one : other)));
    const sequences = await reading(async (store) =>
      (await store.listChanges({ after: 0, limit: 1000 })).rows.map(({ sequence }) => sequence),
    );
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    expect(sequences.length).toBeGreaterThanOrEqual(30);
    const verified = await verify();
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    const writers = await query(database, 'select distinct node_id from audit_chains where last_sequence > 0');
    expect(writers.length).toBeGreaterThanOrEqual(2);
  });

  test('do each due job once', async () => {
    const [one, other] = pair(callers);
    const made = await Promise.all(Array.from({ length: 8 }, (_, index) => aKey(index % 2 === 0 ? one : other)));
    const enabled = made.map(({ keyId: KeyId }) => one.aws('EnableKeyRotation', { KeyId }));
    expect((await Promise.all(enabled)).map(({ status }) => status)).toEqual(made.map(() => 200));
    await query(database, 'update key_sets set next_rotation_at_ms = 1');
    const rotations = () =>
      reading(async (store) => {
        const { records } = await store.lookupAudit({ accountId: '111122223333', eventName: 'RotateKey', limit: 50 });
        const automatic = records.map(({ serviceEventDetails }) => serviceEventDetails as Record<string, string>);
        return automatic
          .filter(({ rotationType }) => rotationType === 'AUTOMATIC')
          .map(({ keyId }) => keyId)
          .sort();
      });
    while ((await rotations()).length < made.length) await sleep(200);
    // Two more intervals, in which no job is due.
    await sleep(2_500);
    expect(await rotations()).toEqual(made.map(({ keyId }) => keyId).sort());
  });

  test('do not accept a node with another root key', async () => {
    const stranger = await mkdtemp(join(tmpdir(), 'keystead-node-'));
    directories.push(stranger);
    const serve = ['serve', '--listen', '127.0.0.1:0', '--data-dir', stranger, '--database', database, ...asOneUser];
    const { code, stderr } = await runKeystead(serve);
    expect([code, stderr]).toEqual([5, expect.stringMatching(/no root key.*\nhint: /)]);
  });
});

test('a node without its database refuses requests and is not ready; it recovers with the database', async () => {
  const [one, other] = pair(callers);
  const { keyId: KeyId } = await aKey(one);
  const encrypt = (by: Caller) => by.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' });
  const ready = async () => (await fetch(`${nodes[0]?.endpoint}/readyz`)).status;
  expect(await ready()).toBe(200);

  await postgres.kill();
  for (const by of [one, other, one, other]) {
    const { status, code } = await encrypt(by);
    expect([status, code]).toEqual([500, 'KMSInternalException']);
  }
  expect((await one.aws('CreateKey')).code).toBe('KMSInternalException');
  expect(await ready()).toBe(503);
  expect((await fetch(`${nodes[0]?.endpoint}/healthz`)).status).toBe(200);

  await postgres.restart();
  for (const by of [one, other]) {
    let attempts = 1;
    while ((await encrypt(by)).status !== 200 && attempts < 100) {
      attempts += 1;
      await sleep(50);
    }
    expect(attempts).toBeLessThan(100);
  }
  expect(await ready()).toBe(200);
  const verified = await verify();
  expect([verified.code, verified.stderr]).toEqual([0, '']);
}, 120_000);
