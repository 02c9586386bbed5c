/** Starts one HSM process and connects to it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Logger } from 'pino';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { Pkcs11TokenConfig } from '../port/pkcs11-token-config.ts';
import { SealError } from '../port/seal-error.ts';
import type { SealConfig } from '../root-key/root-key.ts';
import { connectHsm, type HsmClient } from './client.ts';
import { LAUNCH_TOKEN_BYTES, type Launch, type LaunchAnswer } from './protocol.ts';

export interface LaunchOptions {
  readonly seal: SealConfig;
  readonly socketDirectory: string;
  /** The HSM process's program, process.ts or its bundle. */
  readonly processPath: string;
  /** PKCS#11 tokens for custom key stores. Only with them may the process load native code: their drivers. */
  readonly pkcs11Tokens?: readonly Pkcs11TokenConfig[];
  /** Variables that those drivers need; the process has no others. */
  readonly driverEnvironment?: Readonly<Record<string, string>>;
  readonly log: Logger;
}

export interface HsmExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LaunchedHsm {
  readonly client: HsmClient;
  readonly pid: number;
  readonly exited: Promise<HsmExit>;
  /** Asks it to end, insists after a while; resolves when it is gone. */
  stop(): Promise<HsmExit>;
}

/** A passphrase takes its time (scrypt), a loaded machine too. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** @throws SealError when there is no root key to be had; HsmError `unavailable` when the process does not come up. */
export async function launchHsm(options: LaunchOptions): Promise<LaunchedHsm> {
  const child = spawnProcess(options);
  const exited = exitOf(child);
  logComplaints(child, options.log);
  const stop = () => stopProcess(child, exited);
  const launchToken = randomBytes(LAUNCH_TOKEN_BYTES);
  try {
    const { seal, socketDirectory, pkcs11Tokens = [] } = options;
    handOver(child, launchToken, { seal, socketDirectory, tokens: pkcs11Tokens });
    const socketPath = await socketPathOf(child, exited);
    const client = await connectHsm(socketPath, new SecretBytes(launchToken));
    return { client, pid: child.pid ?? 0, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    launchToken.fill(0);
  }
}

/** Never dumps core, whatever the limits here: a core file would hold every key. */
const WITHOUT_CORE_DUMPS = ['/bin/sh', '-c', 'ulimit -c 0; exec "$0" "$@"'];

function spawnProcess(options: LaunchOptions): Child {
  const { seal, socketDirectory, processPath, pkcs11Tokens = [], driverEnvironment = {} } = options;
  const flags = [
    // No debugger on SIGUSR1; no child processes, threads, native code or inspector; no files but its own to write.
    '--disable-sigusr1',
    '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${dirname(seal.path)}`,
    `--allow-fs-write=${socketDirectory}`,
    ...(pkcs11Tokens.length > 0 ? ['--allow-addons', '--disable-warning=SecurityWarning'] : []),
    // Newer releases restrict sockets too, private ones included, and older ones do not know the flag.
    ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
  ];
  // A container without a shell sets the limit itself.
  const prefix = existsSync('/bin/sh') ? WITHOUT_CORE_DUMPS : [];
  const [program = process.execPath, ...args] = [...prefix, process.execPath, ...flags, processPath];
  // No environment of ours: nothing that changes how Node runs, and none of the server's own secrets.
  return spawn(program, args, { env: { ...driverEnvironment }, stdio: ['pipe', 'pipe', 'pipe'] });
}

function handOver(child: Child, launchToken: Uint8Array, launch: Launch): void {
  // A process that dies at once closes its input; how it died is what gets reported.
  child.stdin.on('error', () => undefined);
  const message = Buffer.concat([launchToken, Buffer.from(`${JSON.stringify(launch)}\n`)]);
  child.stdin.write(message, () => message.fill(0));
}

function exitOf(child: Child): Promise<HsmExit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** @throws SealError, or HsmError `unavailable` when the process ends, or takes too long, before it is ready. */
async function socketPathOf(child: Child, exited: Promise<HsmExit>): Promise<string> {
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const line = await firstLine(child.stdout);
  clearTimeout(timer);
  if (line === undefined) {
    const { code, signal } = await exited;
    throw new HsmError('unavailable', `the HSM process did not start (${signal ?? `exit code ${code}`})`);
  }
  const answer: LaunchAnswer = JSON.parse(line);
  if ('failed' in answer) throw new SealError(answer.failed.message, answer.failed.hint);
  return answer.ready.socketPath;
}

/** @returns undefined when the stream ends without one. */
function firstLine(stream: Readable): Promise<string | undefined> {
  const lines = createInterface(stream);
  return new Promise((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
}

function logComplaints(child: Child, log: Logger): void {
  createInterface(child.stderr).on('line', (line) => log.warn({ hsmPid: child.pid }, line));
}

async function stopProcess(child: Child, exited: Promise<HsmExit>): Promise<HsmExit> {
  child.stdin.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}
