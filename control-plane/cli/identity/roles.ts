/** Roles, and the OpenID Connect providers whose tokens open sessions of them. */
import { Option } from 'commander';
import { CommandError } from '../shared/report.ts';
import { type IdentityCommand, listAll, path, readDocument } from './command.ts';
import { emptyPolicies } from './policies.ts';

export const roleCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-role <name> <trust-policy-file>',
    description: 'make a role that whom its trust policy names may assume',
    options: [
      new Option('--path <path>', 'path before its name in the ARN, as /division/team/'),
      new Option('--description <text>', 'what it is for'),
      new Option('--max-session-hours <hours>', 'how long a session may last, 1 to 12').default('1'),
    ],
    async run(connection, [name = '', file = ''], options) {
      const body = {
        RoleName: name,
        AssumeRolePolicyDocument: await readDocument(file),
        Path: options.path,
        Description: options.description,
        MaxSessionDuration: Math.round(Number(options.maxSessionHours) * 3600),
      };
      const { Role } = (await connection.call('POST', '/v1/roles', { body })) as { Role: { Arn: string } };
      console.log(Role.Arn);
    },
  },
  {
    signature: 'list-roles',
    description: 'list roles',
    async run(connection) {
      const roles = await listAll<{ RoleName: string; Arn: string }>(connection, '/v1/roles', 'Roles');
      for (const role of roles) console.log(`${role.RoleName}\t${role.Arn}`);
    },
  },
  {
    signature: 'put-trust-policy <role> <file>',
    description: 'replace who may assume a role',
    async run(connection, [role = '', file = '']) {
      const body = { PolicyDocument: await readDocument(file) };
      await connection.call('PUT', path('roles', role, 'trust-policy'), { body });
    },
  },
  {
    signature: 'delete-role <name>',
    description: 'delete a role with its policies; its sessions end at once',
    async run(connection, [name = '']) {
      await emptyPolicies(connection, path('roles', name));
      await connection.call('DELETE', path('roles', name));
    },
  },
];

export const providerCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-oidc-provider <url>',
    description: 'trust the tokens of an OpenID Connect provider, such as a CI system',
    options: [
      new Option('--audience <name>', 'audience (aud) that its tokens must have').default('sts.amazonaws.com'),
      new Option('--jwks-file <file>', 'its public keys; without, they are fetched as its discovery document says'),
      new Option('--jwks-url <url>', 'where its public keys are').conflicts('jwksFile'),
    ],
    async run(connection, [url = ''], { audience, jwksFile, jwksUrl }) {
      const Jwks = jwksFile === undefined ? undefined : await readDocument(jwksFile);
      const made = (await connection.call('POST', '/v1/oidc-providers', {
        body: { Url: url, ClientIDList: [audience] },
      })) as { OpenIDConnectProviderArn: string };
      const arn = made.OpenIDConnectProviderArn;
      if (Jwks !== undefined || jwksUrl !== undefined) {
        await connection.call('PUT', path('oidc-providers', arn, 'keys'), { body: { Jwks, JwksUri: jwksUrl } });
      }
      console.log(arn);
    },
  },
  {
    signature: 'list-oidc-providers',
    description: 'list OpenID Connect providers',
    async run(connection) {
      const list = await listAll<{ Arn: string }>(connection, '/v1/oidc-providers', 'OpenIDConnectProviderList');
      for (const { Arn } of list) console.log(Arn);
    },
  },
  {
    signature: 'set-oidc-keys <arn>',
    description: "replace a provider's public keys; without options they are fetched as its discovery document says",
    options: [
      new Option('--jwks-file <file>', 'a JSON Web Key Set'),
      new Option('--jwks-url <url>', 'where its public keys are').conflicts('jwksFile'),
    ],
    async run(connection, [arn = ''], { jwksFile, jwksUrl }) {
      const Jwks = jwksFile === undefined ? undefined : await readDocument(jwksFile);
      await connection.call('PUT', path('oidc-providers', arn, 'keys'), { body: { Jwks, JwksUri: jwksUrl } });
    },
  },
  {
    signature: 'delete-oidc-provider <arn>',
    description: 'trust its tokens no more',
    async run(connection, [arn = '']) {
      // The service answers the deletion of nothing with success; a person who mistyped wants to know.
      const list = await listAll<{ Arn: string }>(connection, '/v1/oidc-providers', 'OpenIDConnectProviderList');
      if (!list.some(({ Arn }) => Arn === arn)) {
        throw new CommandError(`There is no provider ${arn}.`, '"keystead identity list-oidc-providers" shows them.');
      }
      await connection.call('DELETE', path('oidc-providers', arn));
    },
  },
];
