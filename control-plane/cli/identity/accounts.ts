/** Further accounts, the organizations of accounts, and programs that act as AWS services do. */
import { Option } from 'commander';
import { type IdentityCommand, printKey } from './command.ts';
import { listAll } from './lists.ts';

export const accountCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-account <id>',
    description:
      "make a further account of 12 digits and print its root user's access key, once (first account's root user only)",
    options: [new Option('--name <name>', 'what people call it')],
    async run(connection, [id = ''], { name }) {
      const made = await connection.call('CreateAccount', { AccountId: id, AccountName: name });
      console.log(`# root user of account ${id}`);
      printKey(made, name ?? `account-${id}`);
    },
  },
  {
    signature: 'list-accounts',
    description: "list the accounts of the installation, with their organizations (first account's root user only)",
    async run(connection) {
      const accounts = await listAll(connection, 'ListAccounts', {}, 'Accounts');
      for (const { AccountId, AccountName = '', OrganizationId, OrganizationPaths = [] } of accounts) {
        const organization = OrganizationId === undefined ? [] : [OrganizationId, ...OrganizationPaths];
        console.log([AccountId, AccountName, ...organization].join('\t'));
      }
    },
  },
  {
    signature: 'set-organization <account> <organization>',
    description:
      'set the organization (o-…) of an account, for aws:PrincipalOrgID and aws:ResourceOrgID ' +
      "(first account's root user only)",
    options: [
      new Option('--paths <paths>', 'where the account is in it, o-…/r-…/ou-…/, for aws:PrincipalOrgPaths; by commas'),
    ],
    async run(connection, [id = '', organization = ''], { paths }) {
      await connection.call('PutAccountOrganization', {
        AccountId: id,
        OrganizationId: organization,
        OrganizationPaths: paths?.split(','),
      });
    },
  },
  {
    signature: 'remove-organization <account>',
    description: "take an account out of its organization (first account's root user only)",
    async run(connection, [id = '']) {
      await connection.call('DeleteAccountOrganization', { AccountId: id });
    },
  },
];

export const serviceCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-service <name>',
    description: 'let a program act as a service, such as dynamodb.amazonaws.com, and print its access key, once',
    async run(connection, [name = '']) {
      await connection.call('CreateServicePrincipal', { ServiceName: name });
      printKey(await connection.call('CreateServiceAccessKey', { ServiceName: name }), name);
    },
  },
  {
    signature: 'list-services',
    description: 'list services with their access keys',
    async run(connection) {
      const services = await listAll(connection, 'ListServicePrincipals', {}, 'ServicePrincipals');
      for (const { ServiceName } of services) {
        const keys = await listAll(connection, 'ListServiceAccessKeys', { ServiceName }, 'AccessKeyMetadata');
        console.log(`${ServiceName}\t${keys.map((key) => key.AccessKeyId).join(' ')}`);
      }
    },
  },
  {
    signature: 'create-service-access-key <name>',
    description: 'make another access key for a service and print it, once',
    async run(connection, [name = '']) {
      printKey(await connection.call('CreateServiceAccessKey', { ServiceName: name }), name);
    },
  },
  {
    signature: 'delete-service-access-key <name> <id>',
    description: 'delete an access key of a service',
    async run(connection, [name = '', id = '']) {
      await connection.call('DeleteServiceAccessKey', { ServiceName: name, AccessKeyId: id });
    },
  },
  {
    signature: 'delete-service <name>',
    description: 'delete a service and its access keys; its access ends at once',
    async run(connection, [name = '']) {
      await connection.call('DeleteServicePrincipal', { ServiceName: name });
    },
  },
];
