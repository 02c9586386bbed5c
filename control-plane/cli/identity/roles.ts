/** Roles, and the OpenID Connect providers whose identity tokens open sessions of roles. */
import { Option } from 'commander';
import type { Connection } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { type IdentityCommand, readDocument } from './command.ts';
import { listAll } from './lists.ts';
import { roleOf } from './owner.ts';
import { emptyPolicies } from './policies.ts';

export const roleCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-role <name> <trust-policy-file>',
    description: 'create a role; its trust policy says who can assume it',
    options: [
      new Option('--path <path>', 'path before its name in the ARN, such as /division/team/'),
      new Option('--description <text>', 'what it is for'),
      new Option('--max-session-hours <hours>', 'longest duration of a session, 1 to 12').default('1'),
    ],
    async run(connection, [name = '', file = ''], options) {
      const { Role } = await connection.call('CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: await readDocument(file),
        Path: options.path,
        Description: options.description,
        MaxSessionDuration: Math.round(Number(options.maxSessionHours) * 3600),
      });
      console.log(Role.Arn);
    },
  },
  {
    signature: 'list-roles',
    description: 'list roles',
    async run(connection) {
      const roles = await listAll(connection, 'ListRoles', {}, 'Roles');
      for (const role of roles) console.log(`${role.RoleName}\t${role.Arn}`);
    },
  },
  {
    signature: 'put-trust-policy <role> <file>',
    description: 'replace the trust policy of a role, which says who can assume it',
    async run(connection, [role = '', file = '']) {
      const PolicyDocument = await readDocument(file);
      await connection.call('UpdateAssumeRolePolicy', { RoleName: role, PolicyDocument });
    },
  },
  {
    signature: 'delete-role <name>',
    description: 'delete a role with its policies; its sessions end at once',
    async run(connection, [name = '']) {
      await emptyPolicies(roleOf(connection, name));
      await connection.call('DeleteRole', { RoleName: name });
    },
  },
];

export const providerCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-oidc-provider <url>',
    description: 'trust the identity tokens of an OpenID Connect provider, such as a CI system',
    options: [
      new Option('--audience <name>', 'audience (aud) that its identity tokens must have').default('sts.amazonaws.com'),
      new Option('--jwks-file <file>', 'its public keys (default: fetched from where its discovery document says)'),
      new Option('--jwks-url <url>', 'where its public keys are').conflicts('jwksFile'),
    ],
    async run(connection, [Url = ''], { audience = '', jwksFile, jwksUrl }) {
      const keys = { Jwks: jwksFile === undefined ? undefined : await readDocument(jwksFile), JwksUri: jwksUrl };
      const { OpenIDConnectProviderArn = '' } = await connection.call('CreateOpenIDConnectProvider', {
        Url,
        ClientIDList: [audience],
      });
      if (keys.Jwks !== undefined || keys.JwksUri !== undefined) {
        await connection.call('PutOpenIDConnectProviderKeys', { OpenIDConnectProviderArn, ...keys });
      }
      console.log(OpenIDConnectProviderArn);
    },
  },
  {
    signature: 'list-oidc-providers',
    description: 'list OpenID Connect providers',
    async run(connection) {
      for (const { Arn } of await oidcProviders(connection)) console.log(Arn);
    },
  },
  {
    signature: 'set-oidc-keys <arn>',
    description: "replace a provider's public keys; without options, fetch them from where its discovery document says",
    options: [
      new Option('--jwks-file <file>', 'a JSON Web Key Set'),
      new Option('--jwks-url <url>', 'where its public keys are').conflicts('jwksFile'),
    ],
    async run(connection, [arn = ''], { jwksFile, jwksUrl }) {
      const Jwks = jwksFile === undefined ? undefined : await readDocument(jwksFile);
      const keys = { Jwks, JwksUri: jwksUrl };
      await connection.call('PutOpenIDConnectProviderKeys', { OpenIDConnectProviderArn: arn, ...keys });
    },
  },
  {
    signature: 'delete-oidc-provider <arn>',
    description: 'delete an OpenID Connect provider; its identity tokens are refused from then on',
    async run(connection, [arn = '']) {
      // The service answers success for a provider that does not exist; a person who mistyped wants to know.
      if (!(await oidcProviders(connection)).some(({ Arn }) => Arn === arn)) {
        throw new CommandError(`There is no provider ${arn}.`, '"keystead identity list-oidc-providers" shows them.');
      }
      await connection.call('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn });
    },
  },
];

function oidcProviders(connection: Connection) {
  return listAll(connection, 'ListOpenIDConnectProviders', {}, 'OpenIDConnectProviderList');
}
