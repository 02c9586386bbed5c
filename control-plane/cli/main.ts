/** The `keystead` command line: the only place that talks to people. Errors are one sentence and a hint what to do. */
import { Command } from 'commander';
import { exitCodes } from '../startup/start-error.ts';
import { report } from './shared/report.ts';
import { chooseSessionName } from './shared/session-name.ts';
import { version } from './shared/version.ts';

/** Each is loaded only when it is named: `serve` does not wait for the code of `drift`. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve/serve.ts')).serveCommand(),
  hsm: async () => (await import('./hsm/hsm.ts')).hsmCommand(),
  'root-key': async () => (await import('./root-key/root-key.ts')).rootKeyCommand(),
  identity: async () => (await import('./identity/identity.ts')).identityCommand(),
  audit: async () => (await import('./audit/audit.ts')).auditCommand(),
  drift: async () => (await import('./drift/drift.ts')).driftCommand(),
  'key-store': async () => (await import('./key-store/key-store.ts')).keyStoreCommand(),
  authorize: async () => (await import('./authorize/authorize.ts')).authorizeCommand(),
  terraform: async () => (await import('./terraform/terraform.ts')).terraformCommand(),
  ci: async () => (await import('./ci/ci.ts')).ciCommand(),
};

/** Where the name is not a command, all are loaded: for the help text, and to suggest one for a mistyped name. */
async function commandsFor(name = ''): Promise<readonly Command[]> {
  const asked = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  return Promise.all(asked.flatMap((load) => load?.() ?? []));
}

const program = new Command('keystead')
  .description('A key management control plane that a team runs itself and declares in code.')
  .version(version);
for (const command of await commandsFor(process.argv[2])) program.addCommand(command);

// addCommand() does not pass on the program's settings. Exit code 2 means drift found to `drift`, denied to `authorize`,
// not served to `terraform check` and changes to `ci plan`, so a usage error of these and of the commands below them is 1.
for (const command of withSubcommands(program)) {
  const usage = isBelow(command, ['drift', 'authorize', 'terraform', 'ci']) ? exitCodes.failure : exitCodes.usage;
  command
    .showHelpAfterError('(run with --help to see what it takes)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage));
}

function isBelow(command: Command | null, names: readonly string[]): boolean {
  return command !== null && (names.includes(command.name()) || isBelow(command.parent, names));
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

chooseSessionName(process.env);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
