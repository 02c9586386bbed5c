import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  version
} from "./part-I6WPCKDI.js";
import {
  Command,
  report
} from "./part-K2DAL35S.js";
import "./part-XDU5MBKC.js";
import {
  exitCodes
} from "./part-RN4T6Q5A.js";
import "./part-J52KMMNH.js";

// control-plane/cli/shared/session-name.ts
import { randomUUID } from "node:crypto";
function chooseSessionName(env) {
  if (!env.AWS_WEB_IDENTITY_TOKEN_FILE || env.AWS_ROLE_SESSION_NAME) return;
  env.AWS_ROLE_SESSION_NAME = `keystead-${randomUUID()}`;
}

// control-plane/cli/main.ts
var commands = {
  serve: async () => (await import("./part-JRWLRSIF.js")).serveCommand(),
  hsm: async () => (await import("./part-VRAIV3RC.js")).hsmCommand(),
  "root-key": async () => (await import("./part-FBYO4MIM.js")).rootKeyCommand(),
  identity: async () => (await import("./part-L3ZLJMTL.js")).identityCommand(),
  audit: async () => (await import("./part-ONBWL2HB.js")).auditCommand(),
  drift: async () => (await import("./part-PZ3DU3BI.js")).driftCommand(),
  "key-store": async () => (await import("./part-MKRDBKSI.js")).keyStoreCommand(),
  authorize: async () => (await import("./part-FEVUPGLC.js")).authorizeCommand(),
  terraform: async () => (await import("./part-XGQIRT6N.js")).terraformCommand(),
  ci: async () => (await import("./part-EIVRPV2X.js")).ciCommand()
};
async function commandsFor(name = "") {
  const asked = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  return Promise.all(asked.flatMap((load) => load?.() ?? []));
}
var program = new Command("keystead").description("A key management control plane that a team runs itself and declares in code.").version(version);
for (const command of await commandsFor(process.argv[2])) program.addCommand(command);
for (const command of withSubcommands(program)) {
  const usage = isBelow(command, ["drift", "authorize", "terraform", "ci"]) ? exitCodes.failure : exitCodes.usage;
  command.showHelpAfterError("(run with --help to see what it takes)").exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage));
}
function isBelow(command, names) {
  return command !== null && (names.includes(command.name()) || isBelow(command.parent, names));
}
function withSubcommands(command) {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
chooseSessionName(process.env);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
