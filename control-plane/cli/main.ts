/** The `keystead` command line: the only place that talks to people. Errors are one sentence and a hint what to do. */
import { Command } from 'commander';
import { exitCodes } from '../startup/start-error.ts';
import { auditCommand } from './audit/audit.ts';
import { authorizeCommand } from './authorize/authorize.ts';
import { driftCommand } from './drift/drift.ts';
import { identityCommand } from './identity/identity.ts';
import { serveCommand } from './serve/serve.ts';
import { report } from './shared/report.ts';
import { version } from './shared/version.ts';

const program = new Command('keystead')
  .description('A key management control plane that a team runs itself and declares in code.')
  .version(version)
  .addCommand(serveCommand())
  .addCommand(identityCommand())
  .addCommand(auditCommand())
  .addCommand(driftCommand())
  .addCommand(authorizeCommand());

// Commands made apart from the program inherit none of its settings. With drift, 2 means that there is some, with
// authorize a denial.
for (const command of withSubcommands(program)) {
  const usage = ['drift', 'authorize'].includes(command.name()) ? exitCodes.failure : exitCodes.usage;
  command
    .showHelpAfterError('(run with --help to see what it takes)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage));
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
