import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  npmParent,
  stopSignal
} from "./part-ASVCJUQE.js";
import {
  pathOf,
  positive,
  positiveWholeNumber,
  wholeNumber
} from "./part-A5ZGKVVS.js";
import {
  require_pino
} from "./part-QIFTUWU5.js";
import {
  Command,
  CommandError,
  Option
} from "./part-K2DAL35S.js";
import {
  requireUser
} from "./part-XQCPIYKO.js";
import {
  requireAccountId,
  requireDatabase,
  requireRegion,
  requireRegions
} from "./part-RODF33C7.js";
import "./part-45AVFN6V.js";
import "./part-6MSZOWH6.js";
import {
  Secret
} from "./part-V3QLCJLG.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import {
  exitCodes
} from "./part-RN4T6Q5A.js";
import {
  __toESM
} from "./part-J52KMMNH.js";

// control-plane/cli/serve/serve.ts
import { realpathSync } from "node:fs";
import module from "node:module";
import { dirname as dirname2 } from "node:path";
var import_pino = __toESM(require_pino(), 1);

// control-plane/cli/serve/serve-audit.ts
var auditOptions = [
  new Option("--audit-log-dir <dir>", "deliver audit log files there, in CloudTrail's layout").env(
    "KEYSTEAD_AUDIT_LOG_DIR"
  ),
  new Option("--audit-checkpoint-interval <seconds>", "how often the audit log is signed and its files delivered").env("KEYSTEAD_AUDIT_CHECKPOINT_INTERVAL").default("300"),
  new Option("--audit-retention-days <days>", "how long audit records stay in the database (default: for ever)").env(
    "KEYSTEAD_AUDIT_RETENTION_DAYS"
  ),
  new Option("--audit-deadline <seconds>", "refuse a request whose audit record takes longer to write").env("KEYSTEAD_AUDIT_DEADLINE").default("10"),
  new Option(
    "--audit-refusals <number>",
    "records of one principal's refusals per minute; more are counted; 0: no limit"
  ).env("KEYSTEAD_AUDIT_REFUSALS").default("300"),
  new Option("--audit-mirror <file>", "append every audit record to this file too, before the answer").env(
    "KEYSTEAD_AUDIT_MIRROR"
  )
];
function auditConfigOf(options) {
  const { auditRetentionDays: retention } = options;
  return {
    checkpointIntervalInSeconds: positive("--audit-checkpoint-interval", options.auditCheckpointInterval),
    deadlineInSeconds: positive("--audit-deadline", options.auditDeadline),
    refusalsPerMinute: wholeNumber("--audit-refusals", options.auditRefusals),
    ...defined({
      logDirectory: pathOf(options.auditLogDir),
      retentionInDays: retention === void 0 ? void 0 : positive("--audit-retention-days", retention),
      mirrorFile: pathOf(options.auditMirror)
    })
  };
}

// control-plane/cli/serve/serve-config.ts
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
function serveConfigOf(options) {
  const dataDir = resolve(options.dataDir);
  return {
    listen: options.listen,
    connections: {
      max: positiveWholeNumber("--max-connections", options.maxConnections),
      maxPerAddress: positiveWholeNumber("--max-connections-per-address", options.maxConnectionsPerAddress),
      trustedProxies: options.trustedProxies
    },
    ...defined({
      metricsListen: options.metricsListen,
      tls: tlsOf(options),
      passphraseFile: pathOf(options.passphraseFile),
      seedFile: pathOf(options.seed),
      hsm: hsmOf(options),
      identityProviderNetworks: options.identityProviderNetworks,
      trustedServicesFile: pathOf(options.trustedServices)
    }),
    plaintext: options.plaintext,
    dataDir,
    accountId: requireAccountId(options.accountId),
    region: requireRegion(options.region),
    ...options.regions !== void 0 && { regions: requireRegions(options.regions, options.region) },
    database: requireDatabase(options.database),
    ...String(options.newDatabase) === "true" && { isNewDatabase: true },
    seal: options.seal ?? `file:${defaultRootKeyFile(dataDir, options)}`,
    quotas: options.quotas === "off" || options.quotas === "aws" ? options.quotas : resolve(options.quotas),
    logLevel: options.logLevel,
    jobIntervalInSeconds: positive("--job-interval", options.jobInterval, "seconds"),
    failedAuthenticationsPerMinute: wholeNumber("--failed-authentications", options.failedAuthentications),
    shutdownGraceInSeconds: positive("--shutdown-grace", options.shutdownGrace, "seconds"),
    keyStores: {
      ...defined({
        pkcs11TokensFile: pathOf(options.pkcs11Tokens),
        xksCaFile: pathOf(options.xksCaFile),
        xksConnectTo: options.xksConnectTo
      }),
      xksTimeoutInMs: positive("--xks-timeout", options.xksTimeout, "milliseconds")
    },
    audit: auditConfigOf(options)
  };
}
function defaultRootKeyFile(dataDir, { user }) {
  const [own, ofHsm] = [resolve(dataDir, "root.key"), resolve(dataDir, "hsm", "root.key")];
  if (existsSync(own)) return own;
  const isForTwoUsers = process.geteuid?.() === 0 && user !== "root";
  return isForTwoUsers || existsSync(ofHsm) ? ofHsm : own;
}
function hsmOf({ hsm, hsmTokenFile, hsmUser, embeddedHsm }) {
  if (hsm === void 0) {
    if (hsmTokenFile === void 0) return void 0;
    throw new CommandError(
      "--hsm-token-file belongs to an HSM that runs by itself.",
      "Name its socket too: --hsm unix:PATH.",
      exitCodes.usage
    );
  }
  const path = /^unix:(.+)$/s.exec(hsm)?.[1];
  if (path === void 0) {
    throw new CommandError(
      `--hsm: "${hsm}" is not the socket of an HSM.`,
      'Write --hsm unix:PATH, with the path that "keystead hsm --socket" was given.',
      exitCodes.usage
    );
  }
  const socketPath = resolve(path);
  return {
    socketPath,
    tokenFile: pathOf(hsmTokenFile) ?? join(dirname(socketPath), "hsm.token"),
    ...hsmUser !== void 0 && { uid: requireUser("--hsm-user", hsmUser).uid },
    isEmbedded: embeddedHsm !== void 0
  };
}
function tlsOf({ tlsCert, tlsKey, tlsClientCa }) {
  if (tlsCert !== void 0 && tlsKey !== void 0) {
    return { certFile: resolve(tlsCert), keyFile: resolve(tlsKey), ...defined({ clientCaFile: pathOf(tlsClientCa) }) };
  }
  if (tlsCert === void 0 && tlsKey === void 0 && tlsClientCa === void 0) return void 0;
  throw new CommandError(
    "TLS needs both a certificate and its private key.",
    "Give --tls-cert FILE and --tls-key FILE.",
    exitCodes.usage
  );
}

// control-plane/cli/serve/serve-config-file.ts
import { readFileSync } from "node:fs";
function withConfigFile(command) {
  const { config } = command.opts();
  for (const option2 of command.options) {
    const name = option2.attributeName();
    if (command.getOptionValueSource(name) === "config") {
      command.setOptionValueWithSource(name, option2.defaultValue, "default");
    }
  }
  if (config !== void 0) {
    for (const [name, value] of Object.entries(readConfig(config))) {
      const known = command.options.find((candidate) => candidate.long === `--${name}` && name !== "config");
      if (!known) {
        throw new CommandError(
          `--config: ${config}: there is no option "${name}".`,
          '"keystead serve --help" lists the options.',
          exitCodes.usage
        );
      }
      const source = command.getOptionValueSource(known.attributeName());
      if (source === "default" || source === void 0) {
        command.setOptionValueWithSource(known.attributeName(), String(value), "config");
      }
    }
  }
  return command.opts();
}
function readConfig(file) {
  try {
    const value = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    throw new Error("it does not hold a JSON object");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `--config: ${file} cannot be used: ${reason}.`,
      'It is a JSON object such as {"listen": "127.0.0.1:8600"}.',
      exitCodes.usage
    );
  }
}

// control-plane/cli/serve/serve-options.ts
var serveOptions = [
  option("--config <file>", "JSON file with any of these options by their long names", "CONFIG"),
  option("--listen <host:port>", "where to listen", "LISTEN", "127.0.0.1:8600"),
  option(
    "--metrics-listen <host:port>",
    "where to serve /metrics (default: at --listen, for this machine only)",
    "METRICS_LISTEN"
  ),
  option("--max-connections <number>", "open connections at once", "MAX_CONNECTIONS", "10000"),
  option(
    "--max-connections-per-address <number>",
    "open connections from one address",
    "MAX_CONNECTIONS_PER_ADDRESS",
    "1000"
  ),
  option(
    "--trusted-proxies <addresses>",
    "proxies, as address,network/bits,…: --max-connections-per-address does not count for them",
    "TRUSTED_PROXIES",
    ""
  ),
  option("--tls-cert <file>", "PEM certificate, with its chain: serve HTTPS", "TLS_CERT"),
  option("--tls-key <file>", "PEM private key of --tls-cert", "TLS_KEY"),
  option(
    "--tls-client-ca <file>",
    "PEM CAs; clients must present a certificate issued by one of them",
    "TLS_CLIENT_CA"
  ),
  option("--plaintext <where>", "where plain HTTP is allowed", "PLAINTEXT", "loopback").choices([
    "loopback",
    "anywhere"
  ]),
  option("--data-dir <dir>", "where database, root key and credentials live", "DATA_DIR", ".keystead"),
  option("--account-id <id>", "account of the root principal, 12 digits", "ACCOUNT_ID", "111122223333"),
  option("--region <region>", "Region of the root credentials profile", "REGION", "us-east-1"),
  option("--regions <region,…>", "the only Regions to serve (default: every one)", "REGIONS"),
  option("--database <url>", '"sqlite", or a postgres:// URL', "DATABASE", "sqlite"),
  // Without a variable: it is for one start.
  new Option("--new-database", "the database is new although there is a root key"),
  option("--seal <seal>", "the root key: file:PATH, or passphrase:PATH (default: file:<data-dir>/root.key)", "SEAL"),
  option("--passphrase-file <file>", "holds the passphrase of a passphrase seal", "PASSPHRASE_FILE"),
  option("--hsm <unix:path>", "socket of an HSM that runs by itself (keystead hsm), in the place of --seal", "HSM"),
  option("--hsm-token-file <file>", "the token of that HSM (default: hsm.token beside the socket)", "HSM_TOKEN_FILE"),
  option("--hsm-user <user>", "user of the HSM, by name or number", "HSM_USER"),
  option("--user <user>", 'started as root: user of the API process; "root" keeps both processes root', "USER_NAME"),
  new Option("--embedded-hsm <separation>", "the HSM was started for this server alone").hideHelp(),
  new Option("--end-with <pid>", "stop when the parent process is another one").hideHelp(),
  option("--log-level <level>", "how much to log", "LOG_LEVEL", "info").choices([
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "silent"
  ]),
  option("--quotas <quotas>", `"off", "aws", or a JSON file of changes to AWS's quotas`, "QUOTAS", "off"),
  option("--seed <file>", "YAML or JSON file of accounts, users and keys that must exist", "SEED"),
  option("--job-interval <seconds>", "how often to look for due rotations and deletions", "JOB_INTERVAL", "60"),
  option(
    "--failed-authentications <number>",
    "failures allowed per minute for one address beyond loopback; 0: unlimited",
    "FAILED_AUTHENTICATIONS",
    "100"
  ),
  option(
    "--identity-provider-networks <networks>",
    "networks where identity providers can be, beside public addresses: address/bits,…",
    "IDENTITY_PROVIDER_NETWORKS"
  ),
  option(
    "--trusted-services <file>",
    "JSON file of services that can act for principals that do not prove themselves",
    "TRUSTED_SERVICES"
  ),
  option("--shutdown-grace <seconds>", "how long a stop waits for requests under way", "SHUTDOWN_GRACE", "10"),
  option("--pkcs11-tokens <file>", "JSON file of the PKCS#11 tokens for custom key stores", "PKCS11_TOKENS"),
  option("--xks-ca-file <file>", "PEM file of further CAs that issue XKS proxy certificates", "XKS_CA_FILE"),
  option("--xks-connect-to <host=address:port,…>", "where XKS proxies are, unless at port 443", "XKS_CONNECT_TO"),
  option("--xks-timeout <ms>", "how long to wait for the answer of an XKS proxy", "XKS_TIMEOUT", "250")
];
function option(flags, description, variable, fallback) {
  const made = new Option(flags, description).env(`KEYSTEAD_${variable}`);
  return fallback === void 0 ? made : made.default(fallback);
}

// control-plane/cli/serve/serve.ts
function serveCommand() {
  const command = new Command("serve").description("Start the control plane: AWS KMS wire protocol and REST API on one port.").addHelpText(
    "after",
    [
      "",
      "The first start creates the root key and the root principal, and prints where they are.",
      "KEYSTEAD_ROOT_ACCESS_KEY_ID and KEYSTEAD_ROOT_SECRET_ACCESS_KEY set the root credentials instead.",
      "Exit codes: 1 failure, 2 usage, 3 data directory in use, 4 address in use, 5 root key, 6 database, 7 TLS, 8 seed.",
      "SIGHUP reads the TLS files again, and the authorities and addresses of external key store proxies."
    ].join("\n")
  ).action(async (_options, command2) => serve(() => withConfigFile(command2)));
  for (const option2 of [...serveOptions, ...auditOptions]) command.addOption(option2);
  return command;
}
async function serve(readOptions) {
  const options = readOptions();
  const config = serveConfigOf(options);
  if (config.hsm === void 0) return startEmbedded(options, config);
  const log = (0, import_pino.pino)({ level: config.logLevel, base: { pid: process.pid } }, process.stderr);
  const given = rootCredentialsFromEnvironment();
  const parent = options.endWith === void 0 ? npmParent() : wholeNumber("--end-with", options.endWith);
  const { startServer } = await import("./part-4O4TM76W.js");
  const server = await startServer({ config, log, ...defined({ rootCredentials: given }) });
  announce(server.endpoint, config, options, server.root.credentialsFile);
  process.on("SIGHUP", () => {
    if (config.tls) void reloadTls(server, log);
    reloadProxies(server, readOptions, log);
  });
  log.info({ endpoint: server.endpoint, database: server.engines.store.engine, root: server.root.arn }, "serving");
  await stopSignal(parent);
  log.info("stopping: refuses new requests, waits for those under way");
  await server.stop();
  log.info("stopped");
}
async function startEmbedded(options, config) {
  rootCredentialsFromEnvironment();
  const endWith = npmParent();
  const { becomeServer } = await import("./part-5XPDVGFN.js");
  const [, program = "", ...args] = process.argv;
  const compileCache = module.getCompileCacheDir?.();
  process.exitCode = await becomeServer({
    config,
    program: realpathSync(program),
    arguments: endWith === void 0 ? args : [...args, "--end-with", String(endWith)],
    ...defined({
      user: options.user,
      hsmUser: options.hsmUser,
      configFile: pathOf(options.config),
      cacheDirectory: compileCache === void 0 ? void 0 : dirname2(compileCache)
    })
  });
}
async function reloadTls(server, log) {
  try {
    await server.reloadTls();
    log.info("read the TLS files again");
  } catch (error) {
    log.error(
      { err: error },
      "the TLS files cannot be used; the certificate read before stays. Correct them and send SIGHUP again"
    );
  }
}
function reloadProxies(server, readOptions, log) {
  try {
    const { keyStores } = serveConfigOf(readOptions());
    if (keyStores) server.reloadProxies(keyStores);
    log.info("read the authorities and addresses of external key store proxies again");
  } catch (error) {
    log.error(
      { err: error },
      "the authorities or addresses of external key store proxies cannot be used; those read before stay. Correct them and send SIGHUP again"
    );
  }
}
function announce(endpoint, config, { embeddedHsm }, credentialsFile) {
  const credentials = credentialsFile ?? "as given by KEYSTEAD_ROOT_ACCESS_KEY_ID";
  console.log(
    [
      `Keystead is serving account ${config.accountId} at ${endpoint}`,
      `  data directory    ${config.dataDir}`,
      ...embeddedHsm === void 0 ? [`  HSM               ${config.hsm?.socketPath}`] : [
        `  root key          ${config.seal}   (back it up: without it no key can be used)`,
        `  kept from the API by ${embeddedHsm}`
      ],
      `  root credentials  ${credentials}`,
      "",
      "Try it:",
      ...credentialsFile ? [`  export AWS_SHARED_CREDENTIALS_FILE=${credentialsFile}`] : [],
      `  export AWS_ENDPOINT_URL_KMS=${endpoint} AWS_REGION=${config.region}`,
      ...config.tls ? ["  export AWS_CA_BUNDLE=FILE   (unless a public CA issued the certificate)"] : [],
      "  aws kms create-key"
    ].join("\n")
  );
}
function rootCredentialsFromEnvironment() {
  const { KEYSTEAD_ROOT_ACCESS_KEY_ID: accessKeyId, KEYSTEAD_ROOT_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId && !secretAccessKey) return void 0;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  throw new CommandError(
    "Only one of KEYSTEAD_ROOT_ACCESS_KEY_ID and KEYSTEAD_ROOT_SECRET_ACCESS_KEY is set.",
    "Set both, or neither.",
    exitCodes.usage
  );
}
export {
  serveCommand
};
