/** Policies: managed ones, attached by name or ARN; inline ones; and permissions boundaries. */
import { Option } from 'commander';
import { type Connection, Refusal } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { type IdentityCommand, listAll, ownerOptions, ownerPath, path, readDocument } from './command.ts';

const MAX_VERSIONS = 5;
/** A boundary is a user's or a role's. */
const boundedOptions = ownerOptions.filter(({ long }) => long !== '--group');

interface Policy {
  readonly PolicyName: string;
  readonly Arn: string;
}

interface Version {
  readonly VersionId: string;
  readonly IsDefaultVersion: boolean;
}

export const policyCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-policy <name> <file>',
    description: 'make a managed policy of a document',
    options: [
      new Option('--path <path>', 'path before its name in the ARN, as /division/team/'),
      new Option('--description <text>', 'what it is for'),
    ],
    async run(connection, [name = '', file = ''], options) {
      const body = {
        PolicyName: name,
        PolicyDocument: await readDocument(file),
        Path: options.path,
        Description: options.description,
      };
      const { Policy } = (await connection.call('POST', '/v1/policies', { body })) as { Policy: Policy };
      console.log(Policy.Arn);
    },
  },
  {
    signature: 'update-policy <policy> <file>',
    description: 'put a new version in force; the oldest of five makes room for it',
    run: updatePolicy,
  },
  {
    signature: 'list-policies',
    description: "list managed policies, the account's own and AWS's",
    async run(connection) {
      for (const { PolicyName, Arn } of await managedPolicies(connection)) console.log(`${PolicyName}\t${Arn}`);
    },
  },
  {
    signature: 'delete-policy <policy>',
    description: 'delete a managed policy that nothing uses, with its versions',
    async run(connection, [policy = '']) {
      const arn = await policyArn(connection, policy);
      for (const { VersionId, IsDefaultVersion } of await versionsOf(connection, arn)) {
        if (!IsDefaultVersion) await connection.call('DELETE', path('policies', arn, 'versions', VersionId));
      }
      await connection.call('DELETE', path('policies', arn));
    },
  },
  {
    signature: 'attach-policy <policy>',
    description: 'give a user, group or role a managed policy, by name or ARN',
    options: ownerOptions,
    async run(connection, [policy = ''], options) {
      const owner = ownerPath(options);
      const arn = await policyArn(connection, policy);
      await connection.call('PUT', `${owner}/attached-policies/${encodeURIComponent(arn)}`);
    },
  },
  {
    signature: 'detach-policy <policy>',
    description: 'take a managed policy away',
    options: ownerOptions,
    async run(connection, [policy = ''], options) {
      const owner = ownerPath(options);
      const arn = await policyArn(connection, policy);
      await connection.call('DELETE', `${owner}/attached-policies/${encodeURIComponent(arn)}`);
    },
  },
  {
    signature: 'put-policy <name> <file>',
    description: 'write a policy that belongs to one user, group or role',
    options: ownerOptions,
    async run(connection, [name = '', file = ''], options) {
      const body = { PolicyDocument: await readDocument(file) };
      await connection.call('PUT', `${ownerPath(options)}/policies/${encodeURIComponent(name)}`, { body });
    },
  },
  {
    signature: 'remove-policy <name>',
    description: 'delete a policy that belongs to one user, group or role',
    options: ownerOptions,
    async run(connection, [name = ''], options) {
      await connection.call('DELETE', `${ownerPath(options)}/policies/${encodeURIComponent(name)}`);
    },
  },
  {
    signature: 'list-policies-of',
    description: 'list the policies of a user, group or role: inline ones by name, attached ones by ARN',
    options: ownerOptions,
    async run(connection, _names, options) {
      const { inline, attached } = await namesOfOwnedPolicies(connection, ownerPath(options));
      for (const name of inline) console.log(`inline\t${name}`);
      for (const arn of attached) console.log(`attached\t${arn}`);
    },
  },
  {
    signature: 'set-boundary <policy>',
    description: 'bound what a user or role may do at most, by the name or ARN of a managed policy',
    options: boundedOptions,
    async run(connection, [policy = ''], options) {
      const owner = ownerPath(options);
      const PermissionsBoundary = await policyArn(connection, policy);
      await connection.call('PUT', `${owner}/permissions-boundary`, { body: { PermissionsBoundary } });
    },
  },
  {
    signature: 'remove-boundary',
    description: 'remove the permissions boundary of a user or role',
    options: boundedOptions,
    async run(connection, _names, options) {
      await connection.call('DELETE', `${ownerPath(options)}/permissions-boundary`);
    },
  },
];

async function updatePolicy(connection: Connection, [policy = '', file = '']: readonly string[]): Promise<void> {
  const PolicyDocument = await readDocument(file);
  const arn = await policyArn(connection, policy);
  const versions = await versionsOf(connection, arn);
  const oldest = versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1);
  if (versions.length >= MAX_VERSIONS && oldest) {
    await connection.call('DELETE', path('policies', arn, 'versions', oldest.VersionId));
  }
  const made = (await connection.call('POST', path('policies', arn, 'versions'), {
    body: { PolicyDocument, SetAsDefault: true },
  })) as { PolicyVersion: Version };
  console.log(`${arn}\t${made.PolicyVersion.VersionId}`);
}

const versionsOf = (connection: Connection, arn: string) =>
  listAll<Version>(connection, path('policies', arn, 'versions'), 'Versions');

const managedPolicies = (connection: Connection) => listAll<Policy>(connection, '/v1/policies', 'Policies');

/** Own policies come first in the list, and so before those of AWS with the same name. */
async function policyArn(connection: Connection, nameOrArn: string): Promise<string> {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  const found = (await managedPolicies(connection)).find(({ PolicyName }) => PolicyName === nameOrArn);
  if (found) return found.Arn;
  throw new CommandError(
    `There is no managed policy named ${nameOrArn}.`,
    '"keystead identity list-policies" shows them; "create-policy" makes one.',
  );
}

async function namesOfOwnedPolicies(connection: Connection, owner: string) {
  const inline = await listAll<string>(connection, `${owner}/policies`, 'PolicyNames');
  const attached = await listAll<{ PolicyArn: string }>(connection, `${owner}/attached-policies`, 'AttachedPolicies');
  return { inline, attached: attached.map(({ PolicyArn }) => PolicyArn) };
}

/** Takes every policy from an entity that is about to be deleted. */
export async function emptyPolicies(connection: Connection, owner: string): Promise<void> {
  const { inline, attached } = await namesOfOwnedPolicies(connection, owner);
  const paths = [
    ...inline.map((name) => `${owner}/policies/${encodeURIComponent(name)}`),
    ...attached.map((arn) => `${owner}/attached-policies/${encodeURIComponent(arn)}`),
  ];
  for (const one of paths) {
    await connection.call('DELETE', one).catch((error: unknown) => {
      // Somebody else took it at the same moment.
      if (!(error instanceof Refusal && error.code === 'NoSuchEntityException')) throw error;
    });
  }
}
