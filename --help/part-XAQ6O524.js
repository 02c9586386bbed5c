import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  SHARED_TOKEN_BYTES
} from "./part-WWKF6NIM.js";
import {
  SecretBytes
} from "./part-4RXXNH3Y.js";
import {
  SealError
} from "./part-OCGC4VUO.js";
import {
  HsmError
} from "./part-XRQJXUX5.js";
import {
  programFile
} from "./part-XDU5MBKC.js";
import {
  createDurably
} from "./part-YOZOMLJ4.js";

// control-plane/hsm/process/shared-token.ts
import { randomBytes } from "node:crypto";
import { chmod, readFile, rm, stat } from "node:fs/promises";
async function readOrCreateSharedToken(path, mode) {
  try {
    const created = await createDurably(path, `${randomBytes(SHARED_TOKEN_BYTES).toString("hex")}
`);
    if (created) await chmod(path, mode);
    return await readSharedToken(path);
  } catch (error) {
    const isFull = error instanceof Error && "code" in error && error.code === "ENOSPC";
    throw new SealError(
      `The token file ${path} cannot be used: ${error instanceof Error ? error.message : error}.`,
      isFull ? "The disk is full: free space on it, then start again." : "Name a file in a directory that the user of the HSM can write to, or remove a damaged one."
    );
  }
}
async function readSharedToken(path) {
  const text = await readFile(path, "utf8").catch((error) => {
    throw new HsmError("unavailable", `the token file ${path} cannot be read (${error.code})`);
  });
  if (((await stat(path)).mode & 7) !== 0) {
    throw new HsmError("unavailable", `the token file ${path} is open to other users; close it with chmod o= ${path}`);
  }
  if (!new RegExp(`^[0-9a-f]{${2 * SHARED_TOKEN_BYTES}}\\s*$`).test(text)) {
    throw new HsmError("unavailable", `the token file ${path} does not hold ${2 * SHARED_TOKEN_BYTES} hex digits`);
  }
  return new SecretBytes(new Uint8Array(Buffer.from(text.trim(), "hex")));
}
function removeSharedToken(path) {
  return rm(path, { force: true });
}

// control-plane/hsm/process/keeper.ts
import { rm as rm2 } from "node:fs/promises";

// control-plane/hsm/process/launch.ts
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
var START_TIMEOUT_MS = 6e4;
var STOP_TIMEOUT_MS = 5e3;
async function launchHsm(options) {
  const child = spawnProcess(options);
  const exited = exitOf(child);
  logStderr(child, options.log);
  const stop = () => stopProcess(child, exited);
  const listeners = [];
  try {
    const { seal, socket, sharedToken, pkcs11Tokens = [], isSeeding = false } = options;
    handOver(child, sharedToken, { seal, socket, tokens: pkcs11Tokens, isSeeding });
    await readiness(child, exited, (report) => {
      for (const listener of listeners) listener(report);
    });
    return { pid: child.pid ?? 0, exited, stop, onClients: (listener) => void listeners.push(listener) };
  } catch (error) {
    await stop();
    throw error;
  }
}
var WITHOUT_CORE_DUMPS = ["/bin/sh", "-c", 'ulimit -c 0; exec "$0" "$@"'];
function spawnProcess(options) {
  const { seal, socket, processPath, pkcs11Tokens = [], driverEnvironment = {} } = options;
  const flags = [
    // No debugger on SIGUSR1; no child processes, threads, native code or inspector; writes only its own files.
    "--disable-sigusr1",
    "--permission",
    "--allow-fs-read=*",
    `--allow-fs-write=${dirname(seal.path)}`,
    `--allow-fs-write=${dirname(socket.path)}`,
    ...pkcs11Tokens.length > 0 ? ["--allow-addons", "--disable-warning=SecurityWarning"] : [],
    // Newer Node releases also restrict sockets, even private ones; older ones do not know the flag.
    ...process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : []
  ];
  const prefix = existsSync("/bin/sh") ? WITHOUT_CORE_DUMPS : [];
  const [program = process.execPath, ...args] = [...prefix, process.execPath, ...flags, processPath];
  return spawn(program, args, { env: { ...driverEnvironment }, stdio: ["pipe", "pipe", "pipe"] });
}
function handOver(child, sharedToken, launch) {
  child.stdin.on("error", () => void 0);
  const line = Buffer.from(`${JSON.stringify(launch)}
`);
  const message = sharedToken.use((token) => Buffer.concat([token, line]));
  child.stdin.write(message, () => message.fill(0));
}
function exitOf(child) {
  return new Promise((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
async function readiness(child, exited, onReport) {
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const lines = createInterface(child.stdout);
  const first = await new Promise((resolve) => {
    lines.once("line", (line) => {
      lines.on("line", (later) => onReport(JSON.parse(later)));
      resolve(line);
    });
    lines.once("close", () => resolve(void 0));
  });
  clearTimeout(timer);
  if (first === void 0) {
    const { code, signal } = await exited;
    throw new HsmError("unavailable", `the HSM process did not start (${signal ?? `exit code ${code}`})`);
  }
  const answer = JSON.parse(first);
  if ("failed" in answer) throw new SealError(answer.failed.message, answer.failed.hint);
}
function logStderr(child, log) {
  createInterface(child.stderr).on("line", (line) => log.warn({ hsmPid: child.pid }, line));
}
async function stopProcess(child, exited) {
  child.stdin.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}

// control-plane/hsm/process/keeper.ts
async function keepHsm(options) {
  const processPath = options.processPath ?? programFile("hsm/process/process.ts");
  const launch = { ...options, processPath };
  return new ProcessKeeper(options, launch, await launchHsm(launch));
}
var FIRST_DELAY_MS = 20;
var LAST_DELAY_MS = 5e3;
var STABLE_AFTER_MS = 3e4;
var ProcessKeeper = class {
  #options;
  #launch;
  #finished;
  #current;
  #closing = false;
  #delayMs = FIRST_DELAY_MS;
  #wakeUp;
  constructor(options, launch, first) {
    this.#options = options;
    this.#launch = launch;
    this.#finished = this.#keep(first);
  }
  get pid() {
    return this.#current?.pid;
  }
  async close() {
    this.#closing = true;
    this.#wakeUp?.();
    await this.#current?.stop();
    await this.#finished;
    await rm2(this.#launch.socket.path, { force: true });
  }
  async #keep(first) {
    let launched = first;
    while (launched) {
      await this.#watch(launched);
      launched = await this.#replace();
    }
  }
  /** Returns once the process has ended. */
  async #watch(launched) {
    const { log, onExit, onClients } = this.#options;
    const startedAtMs = performance.now();
    this.#current = launched;
    launched.onClients((report) => {
      if (report.seedingEnded) this.#launch = { ...this.#launch, isSeeding: false };
      onClients?.(report);
    });
    const exit = await (this.#closing ? launched.stop() : launched.exited);
    this.#current = void 0;
    onClients?.({ clients: 0 });
    if (this.#closing) return;
    log.error({ hsmPid: launched.pid, ...exit }, "the HSM process ended unexpectedly; starting a new one");
    if (performance.now() - startedAtMs > STABLE_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    onExit?.(exit);
  }
  /** Tries until a process runs, and returns it; undefined after `close`. */
  async #replace() {
    while (!this.#closing) {
      await this.#pause();
      if (this.#closing) break;
      const launched = await this.#tryLaunch();
      if (launched) return launched;
    }
    return void 0;
  }
  async #tryLaunch() {
    const { log } = this.#options;
    try {
      const launched = await launchHsm(this.#launch);
      log.warn({ hsmPid: launched.pid }, "the HSM process was restarted");
      return launched;
    } catch (error) {
      const hint = error instanceof SealError ? error.hint : void 0;
      const reason = error instanceof Error ? error.message : error;
      log.error({ reason, hint }, "the HSM process could not be restarted; trying again");
      return void 0;
    }
  }
  #pause() {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(2 * delayMs, LAST_DELAY_MS);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
};

export {
  readOrCreateSharedToken,
  readSharedToken,
  removeSharedToken,
  keepHsm
};
