import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  npmParent,
  stopSignal
} from "./part-ASVCJUQE.js";
import {
  pathOf
} from "./part-A5ZGKVVS.js";
import {
  require_pino
} from "./part-QIFTUWU5.js";
import {
  Command,
  Option
} from "./part-K2DAL35S.js";
import {
  keepHsm,
  readOrCreateSharedToken,
  removeSharedToken
} from "./part-XAQ6O524.js";
import "./part-WWKF6NIM.js";
import "./part-4RXXNH3Y.js";
import {
  startErrorOf
} from "./part-AUISU2LP.js";
import "./part-OCGC4VUO.js";
import "./part-XRQJXUX5.js";
import {
  requireUser
} from "./part-XQCPIYKO.js";
import {
  parseSeal
} from "./part-RODF33C7.js";
import {
  readPkcs11Tokens
} from "./part-26RQ45VU.js";
import "./part-45AVFN6V.js";
import "./part-6MSZOWH6.js";
import "./part-V3QLCJLG.js";
import "./part-XDU5MBKC.js";
import {
  makeDirectory
} from "./part-YOZOMLJ4.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import "./part-RN4T6Q5A.js";
import "./part-YV4TI3RN.js";
import {
  __toESM
} from "./part-J52KMMNH.js";

// control-plane/cli/hsm/hsm.ts
import { dirname as dirname2, join as join2, resolve as resolve2 } from "node:path";
var import_pino = __toESM(require_pino(), 1);

// control-plane/startup/hsm-service.ts
import { dirname, join, resolve } from "node:path";
var FOR_OWN_USER = { socket: 384, token: 384 };
var FOR_GROUP = { socket: 432, token: 416 };
async function startHsmService(config) {
  const { socketPath, tokenFile, keepsToken, log } = config;
  try {
    const keeper = await keepHsm(await keepOptionsOf(config));
    log.info({ socketPath, tokenFile, seal: config.seal }, "the HSM is listening");
    return {
      async close() {
        if (!keepsToken) await removeSharedToken(tokenFile);
        await keeper.close();
      }
    };
  } catch (error) {
    throw startErrorOf(error);
  }
}
async function keepOptionsOf(config) {
  const { socketPath, tokenFile, clientUsers, isSeeding, log, onClients } = config;
  const parsed = parseSeal(config.seal, config.passphraseFile);
  const seal = { ...parsed, path: resolve(parsed.path) };
  const uids = clientUsers?.map((user) => requireUser("--client-user", user).uid);
  const modes = uids ? FOR_GROUP : FOR_OWN_USER;
  const { pkcs11Tokens, driverEnvironment } = readPkcs11Tokens(config.pkcs11TokensFile);
  for (const path of [seal.path, socketPath, tokenFile]) await makeDirectory(dirname(path));
  const peers = uids && { uids, directory: join(dirname(socketPath), "peers") };
  return {
    seal,
    socket: { path: socketPath, mode: modes.socket, ...peers && { peers } },
    sharedToken: await readOrCreateSharedToken(tokenFile, modes.token),
    pkcs11Tokens,
    driverEnvironment,
    isSeeding,
    log,
    onClients
  };
}

// control-plane/cli/hsm/hsm.ts
function hsmCommand() {
  return new Command("hsm").description("Run the HSM as a service of its own: it alone reads the root key, and servers use it by a socket.").addOption(option("--seal <seal>", "the root key: file:PATH, or passphrase:PATH", "SEAL").makeOptionMandatory()).addOption(option("--passphrase-file <file>", "holds the passphrase of a passphrase seal", "PASSPHRASE_FILE")).addOption(option("--socket <path>", "where to listen", "HSM_SOCKET").makeOptionMandatory()).addOption(
    option(
      "--token-file <file>",
      "token that servers must know; created when missing (default: hsm.token beside the socket)",
      "HSM_TOKEN_FILE"
    )
  ).addOption(
    option(
      "--client-user <user,…>",
      "users as whom servers run, by name or number (default: the user of this command)",
      "HSM_CLIENT_USER"
    )
  ).addOption(
    option("--pkcs11-tokens <file>", "JSON file of the PKCS#11 tokens for custom key stores", "PKCS11_TOKENS")
  ).addOption(
    option("--log-level <level>", "how much to log", "LOG_LEVEL").choices(["trace", "debug", "info", "warn", "error", "silent"]).default("info")
  ).addOption(
    option("--allow-seeding", "accept key material of a seed file (keystead serve --seed), once", "ALLOW_SEEDING")
  ).addOption(new Option("--with-parent <pid>", "end with the process that started this one").hideHelp()).addHelpText(
    "after",
    [
      "",
      "Clients of another user must be in the group of the directory of the socket: socket and token file get it.",
      "Start a server with: keystead serve --hsm unix:<socket> --hsm-user <user of this command>",
      "Exit codes: 1 failure, 2 usage, 5 root key."
    ].join("\n")
  ).action(run);
}
function option(flags, description, variable) {
  return new Option(flags, description).env(`KEYSTEAD_${variable}`);
}
async function run(options) {
  const log = (0, import_pino.pino)({ level: options.logLevel, base: { pid: process.pid } }, process.stderr);
  const end = options.withParent === void 0 ? endOnSignal() : endWithParent(Number(options.withParent));
  const socketPath = resolve2(options.socket);
  const hsm = await startHsmService({
    seal: options.seal,
    ...defined({
      passphraseFile: pathOf(options.passphraseFile),
      clientUsers: options.clientUser?.split(",").map((user) => user.trim()),
      pkcs11TokensFile: pathOf(options.pkcs11Tokens)
    }),
    socketPath,
    tokenFile: pathOf(options.tokenFile) ?? join2(dirname2(socketPath), "hsm.token"),
    isSeeding: options.allowSeeding === true,
    keepsToken: options.withParent === void 0,
    log,
    onClients: end.onClients
  });
  console.log(`Keystead's HSM is listening at ${socketPath}`);
  await end.asked;
  await hsm.close();
  log.info("the HSM has ended");
}
function endOnSignal() {
  return { asked: stopSignal(npmParent()), onClients: () => void 0 };
}
var PARENT_CHECK_INTERVAL_MS = 100;
function endWithParent(parent) {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => void 0);
  let isConnected = false;
  const { promise: asked, resolve: end } = Promise.withResolvers();
  const check = setInterval(() => {
    if (!isConnected && process.ppid !== parent) end();
  }, PARENT_CHECK_INTERVAL_MS).unref();
  void asked.then(() => clearInterval(check));
  return {
    asked,
    onClients({ clients, goodbye }) {
      isConnected = clients > 0;
      if (goodbye) end();
    }
  };
}
export {
  hsmCommand
};
