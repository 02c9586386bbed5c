/** `keystead identity …`: users, groups, roles, policies, accounts and services, through the running control plane. */
import { Command } from 'commander';
import { accountCommands, serviceCommands } from './accounts.ts';
import { callerCommands } from './caller.ts';
import { addCommands } from './command.ts';
import { policyCommands } from './policies.ts';
import { providerCommands, roleCommands } from './roles.ts';
import { groupCommands, userCommands } from './users.ts';

export function identityCommand(): Command {
  const identity = new Command('identity')
    .description('Users, groups, roles and their policies; accounts and services.')
    .addHelpText(
      'after',
      '\n"aws iam" and every tool that speaks its protocol manage the same identities at the same endpoint.',
    );
  addCommands(identity, 'The caller:', callerCommands);
  addCommands(identity, 'Users and their access keys:', userCommands);
  addCommands(identity, 'Groups:', groupCommands);
  addCommands(identity, 'Roles:', roleCommands);
  addCommands(identity, 'Policies:', policyCommands);
  addCommands(identity, 'OpenID Connect providers:', providerCommands);
  addCommands(identity, 'Accounts:', accountCommands);
  addCommands(identity, 'Services:', serviceCommands);
  return identity;
}
