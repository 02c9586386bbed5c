import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  sealOf
} from "./part-VP5DLB6F.js";
import {
  createSoftHsm
} from "./part-FGEIRVT7.js";
import "./part-5XLD6PTW.js";
import {
  FrameReader,
  FrameSender,
  NONCE_BYTES,
  challengeBody,
  isPeer,
  makePeersDirectory,
  readHello,
  welcomeBody
} from "./part-LF2YDEAP.js";
import {
  CHALLENGE,
  GOODBYE,
  HELLO,
  SHARED_TOKEN_BYTES,
  STATUS_DEFECT,
  STATUS_OK,
  WELCOME,
  decodeWith,
  encodeWith,
  errorStatuses,
  verbNames,
  verbs
} from "./part-WWKF6NIM.js";
import "./part-VBEMYQIP.js";
import {
  SecretBytes
} from "./part-4RXXNH3Y.js";
import "./part-VL6X5B2K.js";
import "./part-3U7RA5UT.js";
import "./part-6ACPXKQJ.js";
import {
  SealError
} from "./part-OCGC4VUO.js";
import {
  HsmError
} from "./part-XRQJXUX5.js";
import "./part-M22DKBT6.js";
import "./part-V3QLCJLG.js";
import "./part-YOZOMLJ4.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import "./part-GJX6LNLE.js";
import "./part-J52KMMNH.js";

// control-plane/hsm/process/process.ts
import { url as inspectorUrl } from "node:inspector";

// control-plane/hsm/process/sealed-hsm.ts
import { stat } from "node:fs/promises";
async function createSealedHsm(config, { onSeedingEnded, ...options }) {
  let opened;
  let stored;
  let opening;
  const open = async (mustExist) => {
    opening ??= openStored({ ...config, mustExist }).then((read) => {
      stored = read;
      return createSoftHsm(read.rootKeys, options);
    }).finally(() => {
      opening = void 0;
    });
    opened = await opening;
    return opened;
  };
  if (await exists(config.path)) await open(true);
  const call = (name, args) => {
    if (!opened) return Promise.reject(new HsmError("root-key-closed", "the HSM has no root key: it was not opened"));
    const method = opened[name];
    return method(...args);
  };
  return {
    ...Object.fromEntries(
      verbNames.map((name) => [name, (...args) => call(name, args)])
    ),
    async openRootKey({ mustExist, fingerprint }) {
      try {
        const hsm = opened ?? await open(mustExist);
        if (fingerprint === void 0 || await hsm.rootKeyFingerprint() === fingerprint) return {};
        const reopened = await open(true);
        await hsm.close();
        return await reopened.rootKeyFingerprint() === fingerprint ? {} : { refused: anotherRootKey(config.path) };
      } catch (error) {
        if (error instanceof SealError) return { refused: { message: error.message, hint: error.hint } };
        throw error;
      }
    },
    async rootKeyGenerations() {
      const refused = await stored?.update();
      return { ...await call("rootKeyGenerations", []), ...defined({ refused }) };
    },
    async useGeneration(given) {
      const first = await call("useGeneration", [given]);
      if (!first.refused) return first;
      await stored?.update();
      return call("useGeneration", [given]);
    },
    async endSeeding() {
      await call("endSeeding", []);
      onSeedingEnded();
    },
    async close() {
      await opening?.catch(() => void 0);
      await opened?.close();
    }
  };
}
async function openStored(config) {
  const version = await versionOf(config.path);
  return new StoredRootKeys(config, await sealOf(config).open(), version);
}
var StoredRootKeys = class {
  rootKeys;
  #config;
  #version;
  #refused;
  constructor(config, rootKeys, version) {
    this.#config = config;
    this.rootKeys = rootKeys;
    this.#version = version;
  }
  /** Reads a file that has changed. @returns why it was not taken over */
  async update() {
    const version = await versionOf(this.#config.path);
    if (version === this.#version) return this.#refused;
    this.#refused = await this.#read();
    this.#version = version;
    return this.#refused;
  }
  async #read() {
    try {
      const problem = this.rootKeys.update(await sealOf({ ...this.#config, mustExist: true }).open());
      if (problem === void 0) return void 0;
      return {
        message: `The root key in ${this.#config.path} was not taken over: ${problem}.`,
        hint: "Put the newest root key file of this installation there; until then this HSM keeps what it holds."
      };
    } catch (error) {
      if (error instanceof SealError) return { message: error.message, hint: error.hint };
      throw error;
    }
  }
};
async function versionOf(path) {
  const stats = await stat(path, { bigint: true }).catch(() => void 0);
  return stats ? [stats.ino, stats.mtimeNs, stats.ctimeNs, stats.size].join(" ") : "none";
}
function anotherRootKey(path) {
  return {
    message: `The root key in ${path} is not the one that this server started with.`,
    hint: "Restore the file from its backup."
  };
}
async function exists(path) {
  return stat(path).then(
    () => true,
    (error) => error.code !== "ENOENT"
  );
}

// control-plane/hsm/process/server.ts
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
var HELLO_TIMEOUT_MS = 5e3;
var MAX_CONNECTIONS = 256;
async function serveHsm(options) {
  const { socket: place, onClients } = options;
  if (place.peers) await makePeersDirectory(place.peers.directory);
  const server = createServer();
  server.maxConnections = MAX_CONNECTIONS;
  let clients = 0;
  server.on("connection", (socket) => {
    serveConnection(socket, options, {
      onAdmitted() {
        onClients({ clients: ++clients });
        socket.once("close", () => onClients({ clients: --clients }));
      },
      onGoodbye: () => onClients({ clients, goodbye: true })
    });
  });
  await rm(place.path, { force: true });
  await listenPrivately(server, place);
}
function serveConnection(socket, options, { onAdmitted, onGoodbye }) {
  socket.on("error", () => void 0);
  const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS);
  socket.once("close", () => clearTimeout(timer));
  const sender = new FrameSender(socket);
  const serverNonce = randomBytes(NONCE_BYTES);
  let state = "challenged";
  const reader = new FrameReader((frame) => {
    if (state === "admitted") {
      return frame.kind === GOODBYE ? onGoodbye() : void reply(options.hsm, frame, sender, socket);
    }
    if (state === "proving") return void socket.destroy();
    state = "proving";
    void admits(options, serverNonce, frame).then((welcome) => {
      if (!welcome || socket.destroyed) return void socket.destroy();
      clearTimeout(timer);
      state = "admitted";
      onAdmitted();
      sender.send({ requestId: 0, kind: WELCOME, body: welcome });
    });
  });
  socket.on("data", (chunk) => {
    try {
      if (!socket.destroyed) reader.push(chunk);
    } catch {
      socket.destroy();
    }
  });
  sender.send({ requestId: 0, kind: CHALLENGE, body: challengeBody(serverNonce, options.socket.peers?.directory) });
}
async function admits({ sharedToken, socket: { peers } }, server, { kind, body }) {
  const client = kind === HELLO ? readHello(sharedToken, server, body) : void 0;
  if (!client || peers && !await isPeer(peers, server)) return void 0;
  return welcomeBody(sharedToken, { server, client });
}
async function reply(hsm, request, sender, socket) {
  const { requestId, body } = request;
  let answered;
  try {
    answered = { requestId, kind: STATUS_OK, body: await run(hsm, request) };
  } catch (error) {
    answered = { requestId, ...failure(error) };
  }
  body.fill(0);
  try {
    sender.send(answered);
  } catch {
    socket.destroy();
  }
}
function listenPrivately(server, { path, mode }) {
  return new Promise((resolve, reject) => {
    const previousMask = process.umask(511 & ~mode);
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
    process.umask(previousMask);
  });
}
var namesByKind = new Map(verbNames.map((name) => [verbs[name].kind, name]));
function run(hsm, { kind, body }) {
  const name = namesByKind.get(kind);
  if (name === void 0) throw new HsmError("unsupported", `the HSM has no verb ${kind}`);
  return runVerb(hsm, name, body);
}
async function runVerb(hsm, name, body) {
  const verb = verbs[name];
  const method = hsm[name];
  const result = await method.apply(hsm, decodeWith(verb.arguments, body));
  const encoded = encodeWith(verb.result, result);
  wipeBytes(result);
  return encoded;
}
function failure(error) {
  if (error instanceof HsmError) return { kind: errorStatuses[error.kind], body: Buffer.from(error.message) };
  const name = error instanceof Error ? error.name : "unknown error";
  return { kind: STATUS_DEFECT, body: Buffer.from(`the HSM failed: ${name}`) };
}
function wipeBytes(result) {
  if (result instanceof Uint8Array) result.fill(0);
  else if (typeof result === "object" && result !== null) Object.values(result).forEach(wipeBytes);
}

// control-plane/hsm/process/process.ts
var MAX_LAUNCH_BYTES = 64 * 1024;
var OBSERVING_FLAG = /^--(inspect|debug|prof|cpu-prof|heap|report|diagnostic|trace|require|import|loader)/;
process.title = "keystead-hsm";
process.on("uncaughtException", (error) => fail(error));
process.on("unhandledRejection", (error) => fail(error));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => void 0);
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => void 0);
var parentGone = new Promise((resolve) => {
  process.stdin.once("end", resolve).once("close", resolve);
});
await run2().catch((error) => fail(error));
async function run2() {
  requireUnobserved();
  const { sharedToken, launch } = await readLaunch(process.stdin);
  let clients = 0;
  const hsm = await createSealedHsm(launch.seal, {
    pkcs11Tokens: launch.tokens,
    isSeeding: launch.isSeeding,
    onSeedingEnded: () => report({ clients, seedingEnded: true })
  });
  void parentGone.then(() => void hsm.close().finally(() => process.exit(0)));
  process.stdin.resume();
  const onClients = (counted) => {
    clients = counted.clients;
    report(counted);
  };
  await serveHsm({ hsm, socket: launch.socket, sharedToken, onClients });
  report({ ready: true });
}
function requireUnobserved() {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
  const flag = flags.find((candidate) => OBSERVING_FLAG.test(candidate));
  if (flag === void 0 && inspectorUrl() === void 0) return;
  throw new SealError(
    `The HSM process does not start under observation (${flag ?? "inspector"}): keys could be read from its memory.`,
    "Remove the flag, also from NODE_OPTIONS."
  );
}
function readLaunch(input) {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const end = () => reject(
      new SealError("The HSM process cannot be started by hand.", "Start it with: keystead serve, or keystead hsm")
    );
    const take = (chunk) => {
      const joined = Buffer.concat([received, chunk]);
      for (const old of [received, chunk]) old.fill(0);
      received = joined;
      const lineEnd = received.indexOf(10, SHARED_TOKEN_BYTES);
      if (lineEnd === -1 && received.length <= MAX_LAUNCH_BYTES) return;
      input.off("data", take).off("end", end);
      try {
        const sharedToken = new SecretBytes(Uint8Array.prototype.slice.call(received, 0, SHARED_TOKEN_BYTES));
        resolve({ sharedToken, launch: JSON.parse(received.toString("utf8", SHARED_TOKEN_BYTES, lineEnd)) });
      } catch {
        end();
      } finally {
        received.fill(0);
      }
    };
    input.on("data", take).once("end", end);
  });
}
function report(answer) {
  process.stdout.write(`${JSON.stringify(answer)}
`);
}
function fail(error) {
  if (error instanceof SealError) {
    report({ failed: { message: error.message, hint: error.hint } });
  } else {
    const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
    const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
    process.stderr.write(`the HSM process failed: ${[name, codeOf(error), ...frames].join("\n")}
`);
  }
  process.exitCode = 1;
  process.stdin.destroy();
  setImmediate(() => process.exit(1));
}
function codeOf(error) {
  const code = error instanceof Error ? error.code : void 0;
  return typeof code === "string" ? code : "no code";
}
