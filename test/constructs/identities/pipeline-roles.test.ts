import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KeysteadProvider,
  OpenIdConnectProvider,
  PipelineRoles,
  type PipelineRolesProps,
} from '@keystead/constructs/cdktf';
import {
  type PipelineRolesOptions,
  permissionDocument,
  pipelineRoles,
  trustDocument,
} from '@keystead/provider-schema/pipeline-roles/roles.ts';
import { root, runKeystead } from '../../support/server.ts';
import { account, aStack, emptyStack, resources, synthesize } from '../stack.ts';

type Given = Omit<PipelineRolesProps, 'oidcProvider' | 'provider'>;

/** In the order of their addresses. */
const jobs = ['apply', 'drift', 'plan'] as const;
const arn = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;

/** Statements with their actions in any order, and one value as itself. */
const comparable = (text: string) =>
  JSON.parse(text, (_, value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value.length === 1
        ? value[0]
        : [...value].sort()
      : value,
  );

/** Trust policy and policy of each job. */
function declared(props: PipelineRolesProps) {
  const stack = aStack();
  new PipelineRoles(stack, 'ci', props);
  const configuration = synthesize(stack);
  const [roles, policies] = ['aws_iam_role', 'aws_iam_role_policy'].map((type) => resources(configuration, type));
  return jobs.map((_, at) => ({
    name: roles?.[at]?.name,
    trust: comparable(String(roles?.[at]?.assume_role_policy)),
    policy: comparable(String(policies?.[at]?.policy)),
  }));
}

const expected = (options: PipelineRolesOptions) =>
  pipelineRoles(options)
    .roles.toSorted((a, b) => (a.job < b.job ? -1 : 1))
    .map((role) => ({
      name: role.name,
      trust: comparable(JSON.stringify(trustDocument(role, arn))),
      policy: comparable(JSON.stringify(permissionDocument(role, account))),
    }));

test.each<readonly [string, Given, PipelineRolesOptions]>([
  [
    'with nothing but a repository',
    { ciSystem: 'GITHUB', repository: 'team/app' },
    { provider: 'github', repository: 'team/app' },
  ],
  [
    'with everything',
    {
      ciSystem: 'GITHUB',
      repository: 'team/app',
      branch: 'production',
      environment: 'live',
      prefix: 'shop',
      audience: 'keys',
      repositoryId: '7',
      ownerId: '8',
      workflow: 'team/ci/.github/workflows/keys.yml@refs/heads/main',
      networks: ['203.0.113.0/24'],
      tokenUse: 'ONCE',
      manages: ['KEYS', 'KEY_STORES', 'IDENTITIES'],
    },
    {
      provider: 'github',
      repository: 'team/app',
      branch: 'production',
      environment: 'live',
      prefix: 'shop',
      audience: 'keys',
      repositoryId: '7',
      ownerId: '8',
      workflow: 'team/ci/.github/workflows/keys.yml@refs/heads/main',
      networks: ['203.0.113.0/24'],
      tokenUse: 'once',
      manages: ['keys', 'key-stores', 'identities'],
    },
  ],
  [
    'on GitLab',
    { ciSystem: 'GITLAB', repository: 'group/sub/app', tokenUse: 'UNLIMITED' },
    { provider: 'gitlab', repository: 'group/sub/app', tokenUse: 'unlimited' },
  ],
])('the roles %s are those of keystead ci roles', (_, props, options) => {
  expect(declared({ ...props, oidcProvider: arn })).toEqual(expected(options));
});

test('declares the OIDC provider with the audience of the jobs, and the account as Terraform knows it', () => {
  const stack = emptyStack();
  new KeysteadProvider(stack, 'keystead', {});
  const roles = new PipelineRoles(stack, 'ci', {
    ciSystem: 'GITLAB',
    repository: 'group/app',
    issuer: 'https://git.example.com',
  });
  const configuration = synthesize(stack);
  expect(resources(configuration, 'aws_iam_openid_connect_provider')).toMatchObject([
    { url: 'https://git.example.com', client_id_list: ['keystead'] },
  ]);
  expect(JSON.stringify(configuration.resource.aws_iam_role_policy)).toContain('data.aws_caller_identity.');
  expect([roles.applyRole, roles.driftRole, roles.planRole].map((role) => role.node.id)).toEqual([...jobs]);
});

test('takes an OIDC provider that the stack declares', () => {
  const stack = aStack();
  const github = new OpenIdConnectProvider(stack, 'github', {
    url: 'https://token.actions.githubusercontent.com',
    clientIds: ['keystead'],
  });
  new PipelineRoles(stack, 'ci', { ciSystem: 'GITHUB', repository: 'team/app', oidcProvider: github });
  expect(resources(synthesize(stack), 'aws_iam_openid_connect_provider')).toHaveLength(1);
});

test.each<readonly [string, Given, string]>([
  ['a pattern', { ciSystem: 'GITHUB', repository: 'team/*' }, '"team/*" is not a repository.'],
  [
    'a branch with a pattern',
    { ciSystem: 'GITHUB', repository: 'a/b', branch: '*' },
    '"*" is not the name of one branch.',
  ],
  ['a variable', { ciSystem: 'GITHUB', repository: 'a/b', environment: '$x' }, 'is not the name of one environment'],
  ['one of two numbers', { ciSystem: 'GITHUB', repository: 'a/b', repositoryId: '7' }, 'only one is given'],
  [
    'an issuer without TLS',
    { ciSystem: 'GITLAB', repository: 'a/b', issuer: 'http://x' },
    '"http://x" is not an issuer.',
  ],
  [
    'a long prefix',
    { ciSystem: 'GITLAB', repository: 'a/b', prefix: 'x'.repeat(59) },
    'cannot begin the name of a role',
  ],
  ['an audience with a pattern', { ciSystem: 'GITLAB', repository: 'a/b', audience: '*' }, '"*" is not an audience.'],
])('refuses %s', (_, props, message) => {
  expect(() => declared(props)).toThrow(message);
});

test('the command prints the construct, which declares the same roles', async () => {
  const options = [
    '--repo',
    'team/app',
    '--provider',
    'github',
    '--environment',
    "it's live",
    '--manages',
    'keys',
    'key-stores',
  ];
  const { code, stdout } = await runKeystead([
    'ci',
    'roles',
    ...options,
    '--token-use',
    'once',
    '--format',
    'constructs',
  ]);
  expect(code).toBe(0);
  const [firstLine = '', ...program] = stdout.split('\n');
  expect(firstLine).toBe("import { PipelineRoles } from '@keystead/constructs/cdktf';");
  const stack = aStack();
  new Function('PipelineRoles', 'stack', program.join('\n'))(PipelineRoles, stack);
  const names = resources(synthesize(stack), 'aws_iam_role').map(({ name }) => name);
  expect(names).toEqual(['app-apply', 'app-drift', 'app-plan']);
});

test('the program of the guide declares two pipelines behind one provider', async () => {
  const guide = await readFile(join(root, 'docs/guide/constructs-pipelines.md'), 'utf8');
  const [, program = ''] = /^```ts\nimport [^\n]+\n(.*?)^```$/ms.exec(guide) ?? [];
  const stack = aStack();
  new Function('PipelineRoles', 'stack', program)(PipelineRoles, stack);
  const configuration = synthesize(stack);
  const count = (type: string) => resources(configuration, type).length;
  expect([count('aws_iam_openid_connect_provider'), count('aws_iam_role')]).toEqual([1, 6]);
});
