/**
 * What each identity token gets from the roles that `keystead ci roles` creates, on a live control plane: the plan,
 * apply or drift role, or nothing.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import {
  type Claims,
  githubClaims,
  githubIds,
  gitlabClaims,
  immutableSubject,
  type PublishedIssuer,
  publishCiIssuer,
} from '../support/ci-issuer.ts';
import { needs } from '../support/needs.ts';
import { type CommandResult, startServer, type TestServer } from '../support/server.ts';

needs('openssl');

jest.setTimeout(120_000);

let server: TestServer;
let issuer: PublishedIssuer;
let directory: string;
const repository = 'team/app';

/** `keystead ci roles --create`, for one repository with the issuer's keys. */
const create = (...options: string[]): Promise<CommandResult> =>
  server.keystead(
    'ci',
    'roles',
    '--repo',
    repository,
    '--create',
    '--jwks-file',
    join(directory, 'jwks.json'),
    ...options,
  );

async function created(...options: string[]): Promise<void> {
  const { code, stderr } = await create('--yes', ...options);
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-ci-roles-'));
  issuer = await publishCiIssuer(directory);
  await writeFile(join(directory, 'jwks.json'), issuer.jwks);
  server = await startServer({
    env: { NODE_EXTRA_CA_CERTS: issuer.caFile, KEYSTEAD_IDENTITY_PROVIDER_NETWORKS: '127.0.0.0/8,::1' },
  });
  const { repository_id: id, repository_owner_id: owner } = githubIds(repository);
  await created('--provider', 'github', '--prefix', 'gh');
  await created(
    '--provider',
    'github',
    '--prefix',
    'gh-env',
    '--environment',
    'production',
    '--repo-id',
    id,
    '--owner-id',
    owner,
  );
  await created('--provider', 'gitlab', '--prefix', 'gl');
  await created('--provider', 'gitlab', '--prefix', 'gl-env', '--environment', 'production');
});
afterAll(async () => {
  await Promise.all([server?.stop(), issuer?.close()]);
  await rm(directory, { recursive: true, force: true });
});

interface Exchange {
  readonly status: number;
  readonly code?: string;
  readonly detail?: string;
}

/** Sends the token as a job does, which has nothing else. */
async function exchange(token: string, role: string, session = `job-${randomUUID()}`): Promise<Exchange> {
  const answer = await fetch(`${server.endpoint}/v1/sessions/assume-role-with-web-identity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      RoleArn: `arn:aws:iam::${server.accountId}:role/${role}`,
      RoleSessionName: session,
      WebIdentityToken: token,
    }),
  });
  return { ...((await answer.json()) as object), status: answer.status };
}

/** The jobs whose roles a token with these claims opens. */
async function rolesFor(prefix: string, claims: Claims): Promise<readonly string[]> {
  const opened: string[] = [];
  for (const job of ['plan', 'apply', 'drift']) {
    const { status, code } = await exchange(await issuer.mint(claims), `${prefix}-${job}`);
    if (status === 200) opened.push(job);
    else
      expect(['AccessDeniedException', 'InvalidIdentityTokenException', 'ExpiredIdentityTokenException']).toContain(
        code,
      );
  }
  return opened;
}

const github = (event: string, more: object = {}) => githubClaims(event, { repository, ...more });
const gitlab = (source: string, more: object = {}) => gitlabClaims(source, { repository, ...more });
const own = { repository };

describe('on GitHub', () => {
  test.each<readonly [title: string, claims: Claims, opens: readonly string[]]>([
    ['a pull request of the repository', github('pull_request', { branch: 'change' }), ['plan']],
    ['a pull request whose branch is called main', github('pull_request', { branch: 'main' }), ['plan']],
    ['a push to main', github('push'), ['apply']],
    ['the schedule', github('schedule'), ['drift']],
    ['a run by hand on main', github('workflow_dispatch'), ['plan', 'apply', 'drift']],
    // A workflow in a fork has a token of the fork; one that runs for a fork in the repository has none at all.
    ['a pull request in a fork', githubClaims('pull_request', { repository: 'mallory/app' }), []],
    ['a push to main of a fork', githubClaims('push', { repository: 'mallory/app' }), []],
    ['pull_request_target, which has the subject of main', github('pull_request_target'), []],
    [
      'pull_request_target, if it had the subject of pull requests',
      { ...github('pull_request_target'), sub: 'repo:team/app:pull_request' },
      [],
    ],
    ['a push to another branch', github('push', { branch: 'change' }), []],
    ['a push to a branch that begins with main', github('push', { branch: 'main-2' }), []],
    ['a run by hand on another branch', github('workflow_dispatch', { branch: 'change' }), []],
    ['the schedule on another branch', github('schedule', { branch: 'change' }), []],
    ['a tag', github('push', { tag: 'v1' }), []],
    ['a tag called main', github('push', { tag: 'main' }), []],
    ['a pull request in an environment', github('pull_request', { environment: 'production' }), []],
    ['a push to main in an environment', github('push', { environment: 'production' }), []],
    ['another repository of the owner', githubClaims('push', { repository: 'team/other' }), []],
    ['a repository whose name begins the same', githubClaims('push', { repository: 'team/app2' }), []],
    ['a repository whose name ends the same', githubClaims('push', { repository: 'team/my-app' }), []],
    ['an owner whose name ends the same', githubClaims('push', { repository: 'my-team/app' }), []],
    ['the repository in another case', githubClaims('push', { repository: 'Team/App' }), []],
    [
      'a subject that contains the repository',
      { ...github('push'), sub: 'repo:x/y:repo:team/app:ref:refs/heads/main' },
      [],
    ],
    ['another event that merges', github('merge_group'), []],
    ['another audience', { ...github('push'), aud: 'sts.amazonaws.com' }, []],
    ['the audience that GitHub gives by itself', { ...github('push'), aud: 'https://github.com/team' }, []],
    ['an expired token', { ...github('push'), iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_000_300 }, []],
    ['a subject of newer repositories, whose numbers were not given', immutableSubject(github('push')), []],
    ['no subject', { ...github('push'), sub: undefined }, []],
    ['no event', { ...github('push'), event_name: undefined }, []],
  ])('%s', async (_, claims, opens) => {
    expect(await rolesFor('gh', claims)).toEqual(opens);
  });

  test.each<readonly [title: string, claims: Claims, opens: readonly string[]]>([
    ['a push to main in the environment', github('push', { environment: 'production' }), ['apply']],
    [
      'the same with the subject of newer repositories',
      immutableSubject(github('push', { environment: 'production' })),
      ['apply'],
    ],
    ['a pull request with the subject of newer repositories', immutableSubject(github('pull_request')), ['plan']],
    ['the schedule', github('schedule'), ['drift']],
    ['a push to main outside of it', github('push'), []],
    ['a push to main in another environment', github('push', { environment: 'staging' }), []],
    ['a push to another branch in the environment', github('push', { environment: 'production', branch: 'x' }), []],
    ['a pull request in the environment', github('pull_request', { environment: 'production' }), []],
    [
      'a repository that was made anew under the name',
      { ...github('push', { environment: 'production' }), repository_id: '1' },
      [],
    ],
    ['an owner that was made anew under the name', { ...github('pull_request'), repository_owner_id: '1' }, []],
    [
      'an owner whose name contains the number',
      githubClaims('push', {
        repository: `team@${githubIds(repository).repository_owner_id}/app`,
        environment: 'production',
      }),
      [],
    ],
  ])('with an environment and numbers: %s', async (_, claims, opens) => {
    expect(await rolesFor('gh-env', claims)).toEqual(opens);
  });
});

describe('on GitLab', () => {
  test.each<readonly [title: string, claims: Claims, opens: readonly string[]]>([
    ['a merge request of the project', gitlab('merge_request_event', { branch: 'change' }), ['plan']],
    ['a push to main', gitlab('push'), ['apply']],
    ['the schedule', gitlab('schedule'), ['drift']],
    ['a run by hand on main', gitlab('web'), ['plan', 'apply', 'drift']],
    ['a merge request in a fork', gitlabClaims('merge_request_event', { repository: 'mallory/app' }), []],
    ['a merge request whose branch is called main', gitlab('merge_request_event'), ['plan']],
    ['a push to main of a fork', gitlabClaims('push', { repository: 'mallory/app' }), []],
    ['a push to another branch', gitlab('push', { branch: 'change' }), []],
    ['a push to main while it is not protected', { ...gitlab('push'), ref_protected: 'false' }, []],
    ['a tag', gitlab('push', { tag: 'v1' }), []],
    ['a tag called main', gitlab('push', { tag: 'main' }), []],
    ['a pipeline that another project started', gitlab('pipeline'), []],
    ['a trigger', gitlab('trigger'), []],
    ['the API', gitlab('api'), []],
    ['another project of the group', gitlabClaims('push', { repository: 'team/other' }), []],
    ['a group above', gitlabClaims('push', { repository: 'x/team/app' }), []],
    ['a group below', gitlabClaims('push', { repository: 'team/app/app' }), []],
    ['a project whose name begins the same', gitlabClaims('push', { repository: 'team/app2' }), []],
    ['the project in another case', gitlabClaims('push', { repository: 'team/App' }), []],
    [
      'a merge request whose branch imitates a subject',
      gitlabClaims('merge_request_event', { repository: 'x/y', branch: 'project_path:team/app' }),
      [],
    ],
    ['another audience', { ...gitlab('push'), aud: 'https://gitlab.com' }, []],
  ])('%s', async (_, claims, opens) => {
    expect(await rolesFor('gl', claims)).toEqual(opens);
  });

  test.each<readonly [title: string, claims: Claims, opens: readonly string[]]>([
    ['a push to main in the environment', gitlab('push', { environment: 'production' }), ['apply']],
    ['a push to main outside of it', gitlab('push'), []],
    ['a push to main in another environment', gitlab('push', { environment: 'staging' }), []],
    ['a merge request in the environment', gitlab('merge_request_event', { environment: 'production' }), ['plan']],
  ])('with an environment: %s', async (_, claims, opens) => {
    expect(await rolesFor('gl-env', claims)).toEqual(opens);
  });

  test('a token of GitHub does not open a role of GitLab', async () => {
    expect(await rolesFor('gl', github('push'))).toEqual([]);
  });
});

test('a server of one’s own publishes its keys, and tokens of another issuer are not its', async () => {
  const [own, keys] = ['https://git.example.com', `${issuer.url}/.well-known/jwks`];
  const options = [
    '--repo',
    repository,
    '--provider',
    'gitlab',
    '--issuer',
    own,
    '--prefix',
    'own',
    '--jwks-url',
    keys,
  ];
  expect(await server.keystead('ci', 'roles', ...options, '--create', '--yes')).toMatchObject({ code: 0, stderr: '' });
  expect(await rolesFor('own', { ...gitlab('push'), iss: own })).toEqual(['apply']);
  expect(await rolesFor('own', gitlab('push'))).toEqual([]);
  expect(new Set(issuer.reads)).toEqual(new Set(['/.well-known/jwks']));
});

describe('a token that is used again', () => {
  const push = () => issuer.mint(githubClaims('push', own));

  test('opens the session of its first use again, by which several programs of a job work', async () => {
    const token = await push();
    for (const _ of [1, 2, 3]) expect(await exchange(token, 'gh-apply', 'job-1')).toMatchObject({ status: 200 });
  });

  test('does not open another session, and says so', async () => {
    const token = await push();
    expect(await exchange(token, 'gh-apply', 'job-1')).toMatchObject({ status: 200 });
    for (const session of ['job-2', 'JOB-1', 'job-1.']) {
      expect(await exchange(token, 'gh-apply', session)).toMatchObject({
        status: 422,
        code: 'InvalidIdentityTokenException',
        detail: expect.stringContaining('has already opened a session'),
      });
    }
    // A refusal does not use it up.
    expect(await exchange(token, 'gh-apply', 'job-1')).toMatchObject({ status: 200 });
  });

  test('does not open a session of another role', async () => {
    const token = await issuer.mint(githubClaims('workflow_dispatch', own));
    expect(await exchange(token, 'gh-drift', 'job-1')).toMatchObject({ status: 200 });
    expect(await exchange(token, 'gh-apply', 'job-1')).toMatchObject({ code: 'InvalidIdentityTokenException' });
  });

  test('is the same token, whatever is appended to its signature', async () => {
    const token = await push();
    expect(await exchange(token, 'gh-apply', 'job-1')).toMatchObject({ status: 200 });
    for (const other of [`${token}=`, `${token}A`]) {
      expect((await exchange(other, 'gh-apply', 'job-2')).status).not.toBe(200);
    }
  });

  test('opens one session when it is used twenty times at once', async () => {
    const token = await push();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => exchange(token, 'gh-apply', `job-${i}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'InvalidIdentityTokenException')).toHaveLength(19);
  });

  test('that a trust policy refused is not used up', async () => {
    const token = await push();
    expect(await exchange(token, 'gh-plan', 'stranger')).toMatchObject({ code: 'AccessDeniedException' });
    expect(await exchange(token, 'gh-apply', 'job-1')).toMatchObject({ status: 200 });
  });

  test('opens no second session at all with --token-use once, and any number with unlimited', async () => {
    await created('--provider', 'github', '--prefix', 'once', '--token-use', 'once');
    await created('--provider', 'github', '--prefix', 'unlimited', '--token-use', 'unlimited');
    const [one, other] = [await push(), await push()];
    expect(await exchange(one, 'once-apply', 'job-1')).toMatchObject({ status: 200 });
    expect(await exchange(one, 'once-apply', 'job-1')).toMatchObject({ code: 'InvalidIdentityTokenException' });
    for (const session of ['job-1', 'job-2']) {
      expect(await exchange(other, 'unlimited-apply', session)).toMatchObject({ status: 200 });
    }
  });

  test('leaves its refusal in the audit log, with the subject', async () => {
    const token = await issuer.mint({ ...githubClaims('push', own) });
    await exchange(token, 'gh-apply', 'job-1');
    await exchange(token, 'gh-apply', 'thief');
    const { stdout } = await server.keystead('audit', 'tail', '--lines', '2');
    expect(stdout).toContain('InvalidIdentityToken');
  });
});

describe('creating', () => {
  test('again has nothing to do', async () => {
    const { code, stdout } = await server.keystead(
      'ci',
      'roles',
      '--repo',
      repository,
      '--provider',
      'github',
      '--prefix',
      'gh',
      '--create',
      '--yes',
    );
    expect([code, stdout]).toEqual([
      0,
      [
        'Everything is as it should be.',
        ...['plan', 'apply', 'drift'].map((job) => `${job}\tarn:aws:iam::111122223333:role/gh-${job}`),
        '',
      ].join('\n'),
    ]);
  });

  test('says without --yes what it would do, and does nothing', async () => {
    const options = ['--provider', 'github', '--prefix', 'new', '--audience', 'other'];
    const { code, stdout, stderr } = await create(...options);
    expect(code).toBe(1);
    expect(stdout).toContain('would add the audience other to ');
    expect(stdout).toContain('would create the role new-plan\nwould add the policy pipeline of new-plan\n');
    expect(stderr).toContain('Nothing was done.');
    expect((await server.keystead('identity', 'list-roles')).stdout).not.toContain('new-plan');
  });

  test('repairs a trust policy and a policy that somebody changed', async () => {
    const open = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }],
    };
    await writeFile(join(directory, 'open.json'), JSON.stringify(open));
    await server.keystead('identity', 'put-trust-policy', 'gl-env-apply', join(directory, 'open.json'));
    const { code, stdout } = await create(
      '--yes',
      '--provider',
      'gitlab',
      '--prefix',
      'gl-env',
      '--environment',
      'production',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('change the trust policy of gl-env-apply\n');
    expect(stdout).not.toContain('policy of gl-env-plan');
  });
});
