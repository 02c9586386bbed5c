import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  defaultUserNames,
  fallbackUsers,
  findUser,
  requireUser
} from "./part-XQCPIYKO.js";
import {
  makePrivateDirectory,
  makeSocketDirectory,
  readQuotas,
  requireDatabaseOfRootKey
} from "./part-GBN7PQAO.js";
import {
  parseSeal,
  requirePrivateTransport
} from "./part-RODF33C7.js";
import {
  parseConnectTo,
  readPkcs11Tokens
} from "./part-26RQ45VU.js";
import "./part-45AVFN6V.js";
import "./part-6MSZOWH6.js";
import "./part-M22DKBT6.js";
import "./part-V3QLCJLG.js";
import {
  programDirectory
} from "./part-XDU5MBKC.js";
import "./part-YOZOMLJ4.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import "./part-GJX6LNLE.js";
import {
  StartError,
  exitCodes
} from "./part-RN4T6Q5A.js";
import "./part-YV4TI3RN.js";
import "./part-J52KMMNH.js";

// control-plane/startup/embedded/become-server.ts
import { randomBytes } from "node:crypto";
import { existsSync as existsSync3 } from "node:fs";
import { readdir as readdir2, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { dirname as dirname3, join as join3, resolve as resolve2 } from "node:path";

// control-plane/startup/embedded/api-permissions.ts
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
var OWN_FILES = ["keystead.*", "credentials*", "audit-public-key.pem*"];
var READ_ABOUT_ITSELF = ["stat", "status", "limits", "fd", "maps"].map((name) => `/proc/self/${name}`);
function apiPermissionFlags(files) {
  const written = writtenBy(files);
  const readPaths = [
    ...programDirectories(),
    ...READ_ABOUT_ITSELF,
    ...filesOf(files.config),
    ...databaseFiles(files.config),
    ...files.furtherFiles,
    ...written
  ];
  return [
    "--permission",
    "--allow-addons",
    "--allow-worker",
    // Newer releases also restrict sockets; older ones do not know the flag.
    ...process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [],
    "--disable-warning=SecurityWarning",
    ...[...new Set(readPaths)].map((path) => `--allow-fs-read=${path}`),
    ...[...new Set(written)].map((path) => `--allow-fs-write=${path}`)
  ];
}
function writtenBy({ config, cacheDirectory }) {
  const { dataDir, audit } = config;
  const { mirrorFile, logDirectory } = audit ?? {};
  return [
    ...OWN_FILES.map((name) => join(dataDir, name)),
    ...[join(dataDir, "run"), logDirectory, cacheDirectory].filter((path) => path !== void 0).flatMap(wholeDirectory),
    ...mirrorFile === void 0 ? [] : [`${mirrorFile}*`]
  ];
}
var wholeDirectory = (path) => [path, join(path, "*")];
function filesOf({ tls, seedFile, trustedServicesFile, quotas, keyStores }) {
  const quotaFile = quotas === "off" || quotas === "aws" ? void 0 : quotas;
  const files = [tls?.certFile, tls?.keyFile, tls?.clientCaFile, seedFile, trustedServicesFile, quotaFile];
  return [...files, keyStores?.pkcs11TokensFile, keyStores?.xksCaFile].filter((path) => path !== void 0);
}
function databaseFiles({ database }) {
  const text = database.reveal();
  if (!URL.canParse(text)) return [];
  const named = ["sslrootcert", "sslcert", "sslkey"].map((name) => new URL(text).searchParams.get(name)).filter((path) => path !== null);
  const { HOME } = process.env;
  const ofUser = HOME ? [join(HOME, ".pgpass"), join(HOME, ".postgresql")] : [];
  return [...named.map((path) => resolve(path)), ...ofUser];
}
function programDirectories() {
  const own = realpathSync(programDirectory);
  const found = /* @__PURE__ */ new Set([own]);
  for (let path = own; ; path = dirname(path)) {
    const modules = join(path, "node_modules");
    if (existsSync(modules)) {
      found.add(modules);
      const siblings = join(modules, "@keystead");
      if (existsSync(siblings)) {
        for (const name of readdirSync(siblings)) found.add(realpathSync(join(siblings, name)));
      }
    }
    found.add(join(path, "package.json"));
    if (path === dirname(path)) return [...found];
  }
}

// control-plane/startup/embedded/hsm-program.ts
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
async function startHsmProgram(hsm) {
  const child = spawn(process.execPath, [hsm.program, "hsm", "--with-parent", String(process.pid), ...hsm.arguments], {
    env: hsm.environment,
    stdio: ["ignore", "pipe", "inherit"],
    ...hsm.user
  });
  const ended = new Promise((resolve3) => {
    child.once("error", () => resolve3(1));
    child.once("exit", (code) => resolve3(code ?? 1));
  });
  const listening = new Promise((resolve3) => {
    createInterface(child.stdout).once("line", () => resolve3(void 0));
  });
  const exitCode = await Promise.race([listening, ended]);
  child.stdout.destroy();
  child.unref();
  return exitCode;
}

// control-plane/startup/embedded/ownership.ts
import { constants } from "node:fs";
import { lchown, lstat, mkdir, open, readdir } from "node:fs/promises";
import { join as join2 } from "node:path";
var ENTERED_BY_ALL = 457;
var ENTERED_BY_GROUP = 1512;
async function giveAway(ownership) {
  const { dataDir, logDirectory, runDirectory, sealFiles, sealDirectory, api, hsm } = ownership;
  await giveDirectory(dataDir, api, ENTERED_BY_ALL);
  const spared = /* @__PURE__ */ new Set([...sealFiles, runDirectory, ...sealDirectory === void 0 ? [] : [sealDirectory]]);
  await giveEntries(dataDir, api, spared);
  if (logDirectory !== void 0) {
    await giveDirectory(logDirectory, api);
    await giveEntries(logDirectory, api, spared);
  }
  if (sealDirectory !== void 0) {
    await mkdir(sealDirectory, { recursive: true });
    await giveDirectory(sealDirectory, hsm, 448);
  }
  for (const file of sealFiles) if (await isOwnedByRoot(file)) await lchown(file, hsm.uid, hsm.gid);
  await giveDirectory(runDirectory, { uid: hsm.uid, gid: api.gid }, ENTERED_BY_GROUP);
}
async function giveDirectory(path, { uid, gid }, mode) {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await directory.chown(uid, gid);
    if (mode !== void 0) await directory.chmod(mode);
  } finally {
    await directory.close();
  }
}
async function giveEntries(directory, user, spared) {
  for (const name of await readdir(directory)) {
    const path = join2(directory, name);
    const stats = await lstat(path);
    if (spared.has(path) || stats.uid !== 0 || !stats.isDirectory() && stats.nlink > 1) continue;
    if (stats.isDirectory()) await giveEntries(path, user, spared);
    await lchown(path, user.uid, user.gid);
  }
}
async function isOwnedByRoot(file) {
  const stats = await lstat(file).catch(() => void 0);
  return stats?.isFile() === true && stats.uid === 0;
}

// control-plane/startup/embedded/separation.ts
import { existsSync as existsSync2, statSync } from "node:fs";
import { dirname as dirname2 } from "node:path";
function separationOf(request, isRoot = process.geteuid?.() === 0) {
  const { user, hsmUser, neededFiles, dataDir } = request;
  if (!isRoot) {
    if (user === void 0 && hsmUser === void 0) return { kind: "permissions" };
    throw new StartError(
      "--user and --hsm-user are for a server that is started as root: only root can run a process as another user.",
      "Start it as root, or leave both out; docs/guide/operating.md shows a service for each user.",
      exitCodes.usage
    );
  }
  if (user === "root") return { kind: "permissions", shortcoming: "both processes run as root, as --user root asks" };
  const api = user === void 0 ? findUser(defaultUserNames.api) ?? fallbackUsers.api : requireUser("--user", user);
  const hsm = hsmUser === void 0 ? findUser(defaultUserNames.hsm) ?? fallbackUsers.hsm : requireUser("--hsm-user", hsmUser);
  if (api.uid === 0 || hsm.uid === 0 || api.uid === hsm.uid) {
    throw new StartError(
      "The API process and the HSM must run as two users, neither of them root.",
      'Give --user and --hsm-user two different users; "--user root" alone keeps both processes root.',
      exitCodes.usage
    );
  }
  const isChosen = user !== void 0 || hsmUser !== void 0;
  const [program = "", ...files] = neededFiles;
  const shortcoming = [api, hsm].every((one) => canRead(program, one) && canEnter(dirname2(dataDir), one)) ? void 0 : `other users cannot read ${program}, or enter ${dirname2(dataDir)}`;
  if (shortcoming !== void 0) {
    if (!isChosen) return { kind: "permissions", shortcoming: `both processes run as root: ${shortcoming}` };
    throw unusable(`The users of the two processes cannot be used: ${shortcoming}.`);
  }
  const unreadable = files.find((file) => !canRead(file, api));
  if (unreadable === void 0) return { kind: "users", api, hsm };
  const who = `the user ${user ?? defaultUserNames.api} (${api.uid})`;
  throw unusable(`${unreadable} cannot be read by ${who}, as whom the API process runs.`);
}
function unusable(message) {
  return new StartError(
    message,
    "Open files and directories to these users or their groups, name others (--user, --hsm-user), or keep root (--user root).",
    exitCodes.failure
  );
}
var READ = 4;
var ENTER = 1;
function canRead(file, user) {
  try {
    return allows(file, user, READ) && canEnter(dirname2(file), user);
  } catch {
    return true;
  }
}
function canEnter(directory, user) {
  const isClosed = existsSync2(directory) && !allows(directory, user, ENTER);
  return !isClosed && (directory === dirname2(directory) || canEnter(dirname2(directory), user));
}
function allows(path, { uid, gid }, wanted) {
  const stats = statSync(path);
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return (stats.mode >> shift & wanted) === wanted;
}

// control-plane/startup/embedded/become-server.ts
async function becomeServer(start) {
  const { config, program } = start;
  requirePrivateTransport(config);
  const seal = parseSeal(config.seal, config.passphraseFile);
  readQuotas(config.quotas);
  const { pkcs11TokensFile, xksConnectTo } = config.keyStores ?? {};
  parseConnectTo(xksConnectTo);
  const anchors = readPkcs11Tokens(pkcs11TokensFile).trustAnchorFiles;
  const furtherFiles = [start.configFile, ...anchors].filter((path) => path !== void 0);
  const neededFiles = [program, ...filesOf(config), ...furtherFiles];
  const { user, hsmUser } = start;
  const separation = separationOf({ ...defined({ user, hsmUser }), neededFiles, dataDir: config.dataDir });
  const { logDirectory } = config.audit ?? {};
  await makePrivateDirectory(config.dataDir, "--data-dir");
  if (logDirectory !== void 0) await makePrivateDirectory(logDirectory, "--audit-log-dir");
  requireDatabaseOfRootKey(config);
  const { path: runDirectory } = await makeSocketDirectory(config.dataDir);
  const sealFiles = [seal.path, ...seal.kind === "passphrase" ? [seal.passphrasePath] : []].map(
    (file) => resolve2(file)
  );
  if (separation.kind === "users") {
    const sealDirectory = existsSync3(seal.path) ? void 0 : dirname3(resolve2(seal.path));
    if (sealDirectory === resolve2(config.dataDir)) throw sealInDataDir(seal.path);
    await giveAway({
      ...separation,
      dataDir: config.dataDir,
      ...defined({ logDirectory }),
      runDirectory,
      sealFiles,
      ...sealDirectory && { sealDirectory }
    });
  }
  await removeAbandoned(runDirectory);
  const name = join3(runDirectory, `hsm-${randomBytes(8).toString("hex")}`);
  const [socketPath, tokenFile] = [`${name}.sock`, `${name}.token`];
  const exitCode = await startHsmProgram({
    program,
    arguments: [
      ...["--seal", config.seal, "--socket", socketPath, "--token-file", tokenFile, "--log-level", config.logLevel],
      ...config.passphraseFile === void 0 ? [] : ["--passphrase-file", config.passphraseFile],
      ...pkcs11TokensFile === void 0 ? [] : ["--pkcs11-tokens", pkcs11TokensFile],
      ...config.seedFile === void 0 ? [] : ["--allow-seeding"],
      ...separation.kind === "users" ? ["--client-user", String(separation.api.uid)] : []
    ],
    environment: { PATH: process.env.PATH, HOME: process.env.HOME, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME },
    ...separation.kind === "users" && { user: separation.hsm }
  });
  if (exitCode !== void 0) return exitCode;
  return execute(start, { socketPath, tokenFile, separation }, furtherFiles);
}
function execute(start, hsm, furtherFiles) {
  const { config, program, cacheDirectory } = start;
  const { socketPath, tokenFile, separation } = hsm;
  const flags = apiPermissionFlags({ config, furtherFiles, ...cacheDirectory && { cacheDirectory } });
  const hsmArguments = ["--hsm", `unix:${socketPath}`, "--hsm-token-file", tokenFile, "--seal", config.seal];
  hsmArguments.push("--embedded-hsm", describe(separation));
  if (separation.kind === "users") {
    const { api, hsm: hsmUser } = separation;
    hsmArguments.push("--hsm-user", String(hsmUser.uid));
    process.setgroups?.([]);
    process.setgid?.(api.gid);
    process.setuid?.(api.uid);
  }
  const node = [process.execPath, ...process.execArgv, ...flags];
  if (!process.execve) throw new Error("this Node.js cannot replace the program of a process (Windows?)");
  return process.execve(process.execPath, [...node, program, ...start.arguments, ...hsmArguments], process.env);
}
function describe(separation) {
  if (separation.kind === "users") {
    return `the kernel (API process: user ${separation.api.uid}, HSM: user ${separation.hsm.uid})`;
  }
  const why = separation.shortcoming === void 0 ? "one user runs both processes" : separation.shortcoming;
  return `Node's permission model only; ${why} (SECURITY.md says what remains)`;
}
function sealInDataDir(path) {
  return new StartError(
    `${path} is a new root key in the data directory itself, where the user of the HSM cannot create files.`,
    "Give it a directory of its own, such as --seal file:<data-dir>/hsm/root.key, or leave --seal out.",
    exitCodes.usage
  );
}
async function removeAbandoned(runDirectory) {
  for (const file of await readdir2(runDirectory)) {
    const [, name] = /^(hsm-[0-9a-f]{16})\.sock$/.exec(file) ?? [];
    if (name === void 0 || await isListening(join3(runDirectory, file))) continue;
    for (const suffix of ["sock", "token"]) await rm(join3(runDirectory, `${name}.${suffix}`), { force: true });
  }
}
function isListening(socketPath) {
  return new Promise((resolve3) => {
    const socket = createConnection(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve3(true);
    });
    socket.once("error", (error) => resolve3(error.code !== "ECONNREFUSED"));
  });
}
export {
  becomeServer
};
