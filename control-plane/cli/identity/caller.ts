/** As whom the commands sign. */
import type { IdentityCommand } from './command.ts';

export const callerCommands: readonly IdentityCommand[] = [
  {
    signature: 'whoami',
    description: 'tell as whom the commands sign, and with which credentials',
    async run(connection) {
      const { Arn, Account } = await connection.call('GetCallerIdentity', {});
      console.log(`${Arn}\naccount ${Account}\nsigns with ${connection.signsWith}`);
    },
  },
];
