/** Policies: managed ones, attached by name or ARN; inline ones; and permissions boundaries. */
import { Option } from 'commander';
import { type Connection, Refusal } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { type IdentityCommand, readDocument } from './command.ts';
import { listAll } from './lists.ts';
import { boundedOptions, boundedOwnerOf, ownerOf, ownerOptions, type PolicyOwner } from './owner.ts';

const MAX_VERSIONS = 5;

export const policyCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-policy <name> <file>',
    description: 'create a managed policy from a document',
    options: [
      new Option('--path <path>', 'path before its name in the ARN, such as /division/team/'),
      new Option('--description <text>', 'what it is for'),
    ],
    async run(connection, [name = '', file = ''], options) {
      const { Policy } = await connection.call('CreatePolicy', {
        PolicyName: name,
        PolicyDocument: await readDocument(file),
        Path: options.path,
        Description: options.description,
      });
      console.log(Policy?.Arn);
    },
  },
  {
    signature: 'update-policy <policy> <file>',
    description: 'put a new version in force; deletes the oldest version where there are five',
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
      const PolicyArn = await policyArn(connection, policy);
      for (const { VersionId = '', IsDefaultVersion } of await versionsOf(connection, PolicyArn)) {
        if (!IsDefaultVersion) await connection.call('DeletePolicyVersion', { PolicyArn, VersionId });
      }
      await connection.call('DeletePolicy', { PolicyArn });
    },
  },
  {
    signature: 'attach-policy <policy>',
    description: 'give a user, group or role a managed policy, by name or ARN',
    options: ownerOptions,
    async run(connection, [policy = ''], options) {
      const owner = ownerOf(connection, options);
      await owner.attachPolicy(await policyArn(connection, policy));
    },
  },
  {
    signature: 'detach-policy <policy>',
    description: 'take a managed policy away',
    options: ownerOptions,
    async run(connection, [policy = ''], options) {
      const owner = ownerOf(connection, options);
      await owner.detachPolicy(await policyArn(connection, policy));
    },
  },
  {
    signature: 'put-policy <name> <file>',
    description: 'write a policy that belongs to one user, group or role',
    options: ownerOptions,
    async run(connection, [name = '', file = ''], options) {
      const document = await readDocument(file);
      await ownerOf(connection, options).putPolicy(name, document);
    },
  },
  {
    signature: 'remove-policy <name>',
    description: 'delete a policy that belongs to one user, group or role',
    options: ownerOptions,
    async run(connection, [name = ''], options) {
      await ownerOf(connection, options).deletePolicy(name);
    },
  },
  {
    signature: 'list-policies-of',
    description: 'list the policies of a user, group or role: inline ones by name, attached ones by ARN',
    options: ownerOptions,
    async run(connection, _names, options) {
      const owner = ownerOf(connection, options);
      const [names, arns] = [await owner.policyNames(), await owner.attachedArns()];
      for (const name of names) console.log(`inline\t${name}`);
      for (const arn of arns) console.log(`attached\t${arn}`);
    },
  },
  {
    signature: 'set-boundary <policy>',
    description: 'set a managed policy, by name or ARN, as the permissions boundary of a user or role',
    options: boundedOptions,
    async run(connection, [policy = ''], options) {
      const owner = boundedOwnerOf(connection, options);
      await owner.putBoundary(await policyArn(connection, policy));
    },
  },
  {
    signature: 'remove-boundary',
    description: 'remove the permissions boundary of a user or role',
    options: boundedOptions,
    async run(connection, _names, options) {
      await boundedOwnerOf(connection, options).deleteBoundary();
    },
  },
];

async function updatePolicy(connection: Connection, [policy = '', file = '']: readonly string[]): Promise<void> {
  const PolicyDocument = await readDocument(file);
  const PolicyArn = await policyArn(connection, policy);
  const versions = await versionsOf(connection, PolicyArn);
  const oldest = versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1);
  if (versions.length >= MAX_VERSIONS && oldest) {
    await connection.call('DeletePolicyVersion', { PolicyArn, VersionId: oldest.VersionId ?? '' });
  }
  const input = { PolicyArn, PolicyDocument, SetAsDefault: true };
  const { PolicyVersion } = await connection.call('CreatePolicyVersion', input);
  console.log(`${PolicyArn}\t${PolicyVersion?.VersionId}`);
}

const versionsOf = (connection: Connection, PolicyArn: string) =>
  listAll(connection, 'ListPolicyVersions', { PolicyArn }, 'Versions');

const managedPolicies = (connection: Connection) => listAll(connection, 'ListPolicies', {}, 'Policies');

/** The account's own policies come first in the list, and so before AWS's of the same name. */
async function policyArn(connection: Connection, nameOrArn: string): Promise<string> {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  const found = (await managedPolicies(connection)).find(({ PolicyName }) => PolicyName === nameOrArn);
  if (found?.Arn !== undefined) return found.Arn;
  throw new CommandError(
    `There is no managed policy named ${nameOrArn}.`,
    '"keystead identity list-policies" shows them; "create-policy" makes one.',
  );
}

/** Takes every policy from an entity that is about to be deleted. */
export async function emptyPolicies(owner: PolicyOwner): Promise<void> {
  const [names, arns] = [await owner.policyNames(), await owner.attachedArns()];
  for (const name of names) await owner.deletePolicy(name).catch(unlessGone);
  for (const arn of arns) await owner.detachPolicy(arn).catch(unlessGone);
}

/** Another caller can remove a policy at the same moment. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'NoSuchEntityException')) throw error;
}
