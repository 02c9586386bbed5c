/** The whole client over real HTTP: what it sends, repeats, shares, and reports when nothing answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, connect, type Surroundings } from '@keystead/provider/client/client.ts';
import { openCreateJournal } from '@keystead/provider/client/create-journal.ts';
import { ConnectionError } from '@keystead/provider/client/service-error.ts';
import { readSettings, unknownArguments } from '@keystead/provider/client/settings.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { provider } from '@keystead/provider/provider.ts';
import { accountId, RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let clients: Client[];

beforeEach(async () => {
  door = await RestDoor.open();
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.close();
  await door.close();
});

async function open(config: ObjectValue = {}, more: Partial<Surroundings> = {}): Promise<Client> {
  const around: Surroundings = {
    env: { HOME: '/nonexistent' },
    now: () => new Date(),
    sleep: async () => undefined,
    pause: async () => undefined,
    random: () => 0,
    userAgent: 'terraform-provider-keystead',
    stopSignal: new AbortController().signal,
    ...more,
  };
  const block = {
    access_key: 'AKIAEXAMPLE',
    secret_key: 'secret',
    region: 'us-east-1',
    endpoints: [{ kms: door.endpoint }],
    ...config,
  };
  const client = await connect(readSettings(block, around.env), around);
  clients.push(client);
  return client;
}

test('a create carries one idempotency key through all its attempts, and another create another one', async () => {
  const client = await open();
  door.refuse('CreateKey', { status: 500, code: 'KMSInternalException' }, 'cut', {
    status: 429,
    code: 'ThrottlingException',
  });
  await client.call('CreateKey', {}, 'us-east-1');
  await client.call('CreateKey', {}, 'us-east-1');
  const keys = door.received.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(5);
  expect(new Set(keys.slice(0, 4)).size).toBe(1);
  expect(keys[4]).not.toBe(keys[0]);
});

test('every attempt is signed again, for the Region of the call', async () => {
  let second = 0;
  const client = await open({}, { now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)) });
  door.refuse('CreateKey', { status: 503, code: 'KMSInternalException' });
  await client.call('CreateKey', {}, 'eu-west-1');
  expect(door.received.map(({ headers }) => headers['x-amz-date'])).toEqual(['20260101T000000Z', '20260101T000001Z']);
  expect(door.received.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-west-1']);
});

test('members travel in path, query or body as the contract says', async () => {
  const client = await open();
  const { KeyMetadata } = await client.call('CreateKey', { Description: 'ä/?&', MultiRegion: true }, 'us-east-1');
  const KeyId = KeyMetadata?.Arn ?? '';
  await client.call('TagResource', { KeyId, Tags: [{ TagKey: 'a b', TagValue: '+' }] }, 'us-east-1');
  await client.call('UntagResource', { KeyId, TagKeys: ['x&y', 'é', '*'] }, 'us-east-1');
  await client.call('CreateAlias', { AliasName: 'alias/a/b', TargetKeyId: KeyId }, 'us-east-1');
  await client.call('UpdateAlias', { AliasName: 'alias/a/b', TargetKeyId: KeyId }, 'us-east-1');
  expect(door.received.map(({ operation, input }) => [operation, input])).toEqual([
    ['CreateKey', { Description: 'ä/?&', MultiRegion: true }],
    ['TagResource', { KeyId, Tags: [{ TagKey: 'a b', TagValue: '+' }] }],
    ['UntagResource', { KeyId, TagKeys: ['x&y', 'é', '*'] }],
    ['CreateAlias', { AliasName: 'alias/a/b', TargetKeyId: KeyId }],
    ['UpdateAlias', { AliasName: 'alias/a/b', TargetKeyId: KeyId }],
  ]);
});

test('equal reads at the same time share an answer; calls and later reads do not', async () => {
  const client = await open();
  const read = () => client.read('GetCallerIdentity', {}, 'us-east-1');
  await Promise.all([read(), read(), read(), client.read('GetCallerIdentity', {}, 'us-west-2')]);
  expect(door.calls()).toHaveLength(2);
  await read();
  expect(door.calls()).toHaveLength(3);
});

test('an error keeps code, text and request id', async () => {
  const client = await open();
  const missing = client.call('DescribeKey', { KeyId: 'none' }, 'us-east-1');
  await expect(missing).rejects.toMatchObject({
    name: 'ServiceError',
    operation: 'DescribeKey',
    code: 'NotFoundException',
    status: 404,
    message: "Key 'none' does not exist",
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(door.calls()).toHaveLength(1);
});

test('a server that is not there is a connection error that names it', async () => {
  const client = await open();
  await door.close();
  await expect(client.call('CreateKey', {}, 'us-east-1')).rejects.toMatchObject({
    name: 'ConnectionError',
    endpoint: door.endpoint,
    code: 'ECONNREFUSED',
  });
  door = await RestDoor.open();
});

test('the user agent names the provider and the configured additions', async () => {
  const env = { HOME: '/nonexistent', TF_APPEND_USER_AGENT: 'ci/7' };
  const client = await open({ user_agent: ['module/1.0 (key)'] }, { env });
  await client.call('GetCallerIdentity', {}, 'us-east-1');
  expect(door.received[0]?.headers['user-agent']).toBe('terraform-provider-keystead module/1.0 (key) ci/7');
});

test('only allowed accounts are accepted', async () => {
  await open({ allowed_account_ids: [accountId] });
  await open({ forbidden_account_ids: ['999999999999'] });
  await expect(open({ allowed_account_ids: ['999999999999'] })).rejects.toThrow(/111122223333 is not allowed/);
  await expect(open({ forbidden_account_ids: [accountId] })).rejects.toThrow(/forbidden_account_ids rules out/);
});

test('without a restriction nothing is sent before the first resource', async () => {
  await open();
  expect(door.calls()).toEqual([]);
});

describe('roles', () => {
  const RoleArn = 'arn:aws:iam::111122223333:role/Deploy';
  const accessKeys = () =>
    door.received.map(({ operation, headers }) => [
      operation,
      /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1],
    ]);

  test('are assumed in order, each with the session of the one before, and everything is signed with the last', async () => {
    const first = { role_arn: RoleArn, session_name: 'ci', duration: '1h30m', external_id: 'e', tags: { Team: 'red' } };
    const second = {
      role_arn: `${RoleArn}2`,
      policy_arns: ['arn:aws:iam::aws:policy/x'],
      transitive_tag_keys: ['Team'],
    };
    const client = await open({ assume_role: [first, {}, second] });
    await client.call('GetCallerIdentity', {}, 'eu-west-1');
    expect(door.inputs('AssumeRole')).toEqual([
      {
        RoleArn,
        RoleSessionName: 'ci',
        DurationSeconds: 5400,
        ExternalId: 'e',
        Tags: [{ Key: 'Team', Value: 'red' }],
      },
      {
        RoleArn: `${RoleArn}2`,
        RoleSessionName: expect.stringMatching(/^terraform-\d+$/),
        PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/x' }],
        TransitiveTagKeys: ['Team'],
      },
    ]);
    expect(accessKeys()).toEqual([
      ['AssumeRole', 'AKIAEXAMPLE'],
      ['AssumeRole', 'ASIASESSION1'],
      ['GetCallerIdentity', 'ASIASESSION2'],
    ]);
    expect(door.received.at(-1)?.headers['x-amz-security-token']).toBe('token 2');
  });

  test('are assumed once for all calls, and again before the session ends', async () => {
    let nowMs = Date.now();
    const client = await open({ assume_role: [{ role_arn: RoleArn }] }, { now: () => new Date(nowMs) });
    const call = () => client.call('GetCallerIdentity', {}, 'us-east-1');
    await Promise.all([call(), call(), call()]);
    expect(door.inputs('AssumeRole')).toHaveLength(1);
    nowMs += 54 * 60_000;
    await call();
    expect(door.inputs('AssumeRole')).toHaveLength(1);
    nowMs += 2 * 60_000;
    await Promise.all([call(), call(), call()]);
    expect(door.inputs('AssumeRole')).toHaveLength(2);
  });

  test('can be assumed with an identity token, and then nothing is signed before', async () => {
    const env = { HOME: '/nonexistent', AWS_ROLE_ARN: RoleArn };
    const client = await open(
      {
        access_key: null,
        secret_key: null,
        assume_role_with_web_identity: [{ web_identity_token: 'a.b.c', session_name: 'run-7' }],
        assume_role: [{ role_arn: `${RoleArn}2` }],
      },
      { env },
    );
    await client.call('GetCallerIdentity', {}, 'us-east-1');
    expect(door.inputs('AssumeRoleWithWebIdentity')).toEqual([
      { RoleArn, RoleSessionName: 'run-7', WebIdentityToken: 'a.b.c' },
    ]);
    expect(accessKeys()).toEqual([
      ['AssumeRoleWithWebIdentity', undefined],
      ['AssumeRole', 'ASIASESSION1'],
      ['GetCallerIdentity', 'ASIASESSION2'],
    ]);
  });

  test('that the caller is not allowed to assume are refused at their path, before any resource', async () => {
    door.refuse('AssumeRole', { status: 403, code: 'AccessDeniedException', detail: 'User: x is not authorized' });
    await expect(open({ assume_role: [{}, { role_arn: RoleArn }] })).rejects.toMatchObject({
      diagnostics: [
        {
          severity: 'error',
          path: ['assume_role', 1],
          summary: `Cannot assume ${RoleArn}`,
          detail: expect.stringMatching(/^AccessDeniedException: User: x is not authorized \(request /),
        },
      ],
    });
  });

  test.each([
    [
      'text that is not a duration',
      { assume_role: [{ role_arn: RoleArn, duration: 'long' }] },
      ['assume_role', 0, 'duration'],
    ],
    [
      'an identity token without a role',
      { assume_role_with_web_identity: [{ web_identity_token: 'a.b.c' }] },
      ['assume_role_with_web_identity', 0],
    ],
    [
      'a role without an identity token',
      { assume_role_with_web_identity: [{ role_arn: RoleArn }] },
      ['assume_role_with_web_identity', 0],
    ],
    [
      'an identity token file that does not exist',
      { assume_role_with_web_identity: [{ role_arn: RoleArn, web_identity_token_file: '/nonexistent/token' }] },
      ['assume_role_with_web_identity', 0],
    ],
  ])('are refused with %s', async (_title, config, path) => {
    await expect(open(config)).rejects.toMatchObject({ diagnostics: [{ severity: 'error', path }] });
  });
});

test('an unreadable CA bundle is refused at its path', async () => {
  await expect(open({ custom_ca_bundle: '/nonexistent/ca.pem' })).rejects.toMatchObject({
    diagnostics: [{ path: ['custom_ca_bundle'] }],
  });
});

describe('settings', () => {
  test('default tags come from the block and the environment, the block wins', () => {
    const env = { TF_AWS_DEFAULT_TAGS_Owner: 'env', TF_AWS_DEFAULT_TAGS_Stage: 'env' };
    const { tags } = readSettings({ default_tags: [{ tags: { Owner: 'block', Nothing: null } }] }, env);
    expect([...tags.defaults].sort()).toEqual([
      ['Owner', 'block'],
      ['Stage', 'env'],
    ]);
  });

  test('ignored tags come from the block and the environment, by key and by prefix', () => {
    const env = { TF_AWS_IGNORE_TAGS_KEYS: 'a, b', TF_AWS_IGNORE_TAGS_KEY_PREFIXES: 'env:' };
    const { tags } = readSettings({ ignore_tags: [{ keys: ['c'], key_prefixes: ['block:'] }] }, env);
    expect(['a', 'b', 'c', 'env:x', 'block:x', 'd', 'aa'].map(tags.ignores)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    [{}, {}, 25],
    [{}, { AWS_MAX_ATTEMPTS: '3' }, 3],
    [{ max_retries: 5 }, { AWS_MAX_ATTEMPTS: '3' }, 5],
    [{ max_retries: 0 }, {}, 1],
    [{}, { AWS_MAX_ATTEMPTS: 'many' }, 25],
  ])('attempts with %j and %j are %i', (config, env, attempts) => {
    expect(readSettings(config, env).maxAttempts).toBe(attempts);
  });
});

describe('a provider block that is not known yet', () => {
  const config: ObjectValue = { region: 'us-east-1', endpoints: [{ kms: unknown }], secret_key: unknown };

  test('is recognised wherever the unknown value is', () => {
    expect(unknownArguments(config)).toEqual(['endpoints', 'secret_key']);
  });

  test('plans nothing it cannot know and refuses to be used, naming the arguments', async () => {
    const client = await provider.configure(config, '1.11.4', new AbortController().signal);
    expect([client.region, client.tags]).toEqual([undefined, undefined]);
    await expect(client.call('CreateKey', {}, 'us-east-1')).rejects.toThrow(/endpoints, secret_key/);
  });
});

test('a create whose answer is lost in an interrupt is asked for again, under the same idempotency key', async () => {
  const stop = new AbortController();
  stop.abort();
  const client = await open({}, { stopSignal: stop.signal });
  door.refuse('CreateKey', 'cut');
  const { KeyMetadata } = await client.call('CreateKey', {}, 'us-east-1');
  expect(KeyMetadata?.KeyId).toBeDefined();
  const [first, second] = door.received.map(({ headers }) => headers['idempotency-key']);
  expect(second).toBe(first);
  door.refuse('TagResource', 'cut');
  await expect(
    client.call('TagResource', { KeyId: KeyMetadata?.KeyId ?? '', Tags: [] }, 'us-east-1'),
  ).rejects.toMatchObject({ name: 'ConnectionError' });
});

test('the products of a module stand behind those of the provider, and only in its own requests', async () => {
  const client = await open({ user_agent: ['block/1'] });
  const ofModule = client.withProducts(['module/2 (ours)']);
  expect(client.withProducts(['module/2 (ours)'])).toBe(ofModule);
  await ofModule.read('GetCallerIdentity', {}, 'us-east-1');
  await client.read('GetCallerIdentity', {}, 'us-east-1');
  expect(door.received.map(({ headers }) => headers['user-agent'])).toEqual([
    'terraform-provider-keystead block/1 module/2 (ours)',
    'terraform-provider-keystead block/1',
  ]);
});

test.each([
  ['no products', { user_agent: null }, undefined],
  ['products', { user_agent: ['module/1'] }, undefined],
  ['a line break', { user_agent: ['module/1\r\nx: y'] }, 'A product that a header cannot hold'],
])('provider_meta with %s is checked before any request', async (_what, meta: ObjectValue, summary) => {
  const client = await open();
  const refused = (() => {
    try {
      provider.withMeta?.(client, meta);
      return undefined;
    } catch (error) {
      return (error as { diagnostics: readonly { summary: string }[] }).diagnostics[0]?.summary;
    }
  })();
  expect(refused).toBe(summary);
  expect(door.received).toEqual([]);
});

describe('a create that a killed run began', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keystead-client-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const openJournal = (target: readonly string[]) =>
    openCreateJournal({
      env: { TF_DATA_DIR: directory },
      target,
      now: () => new Date(),
      looksAtWholeState: () => true,
    });
  /** A client that is never ended, as if its process was killed. */
  const openAgain = () => open({}, { openJournal });
  const sentKeys = () =>
    door.received.filter(({ operation }) => operation === 'CreateKey').map(({ headers }) => headers['idempotency-key']);

  test('is sent under its idempotency key by the next run, when no answer came', async () => {
    // As often as a lost connection is tried.
    door.refuse('CreateKey', ...Array.from({ length: 7 }, () => 'cut' as const));
    await expect((await openAgain()).call('CreateKey', {}, 'us-east-1')).rejects.toThrow(ConnectionError);
    const [first] = sentKeys();
    await (await openAgain()).call('CreateKey', {}, 'us-east-1');
    expect(new Set(sentKeys())).toEqual(new Set([first]));
  });

  test('is made anew when its object was deleted meanwhile', async () => {
    const { KeyMetadata } = await (await openAgain()).call('CreateKey', {}, 'us-east-1');
    const between = await openAgain();
    between.journal.end({ planned: true, interrupted: false });
    door.refuse('DescribeKey', { status: 404, code: 'NotFoundException' });
    const again = await (await openAgain()).call('CreateKey', {}, 'us-east-1');
    const [first, second, third] = sentKeys();
    expect([second, sentKeys().length]).toEqual([first, 3]);
    expect(third).not.toBe(first);
    expect(again.KeyMetadata?.Arn).not.toBe(KeyMetadata?.Arn);
  });

  test('is not repeated when it was refused', async () => {
    door.refuse('CreateKey', { status: 403, code: 'AccessDeniedException' });
    await expect((await openAgain()).call('CreateKey', {}, 'us-east-1')).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    await (await openAgain()).call('CreateKey', {}, 'us-east-1');
    expect(new Set(sentKeys()).size).toBe(2);
  });
});
