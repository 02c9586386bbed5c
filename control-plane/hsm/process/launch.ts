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
  /** The program of the HSM process: process.ts or its bundle. */
  readonly processPath: string;
  /** PKCS#11 tokens for custom key stores. Only with them can the process load native code: their drivers. */
  readonly pkcs11Tokens?: readonly Pkcs11TokenConfig[];
  /** Environment variables for those drivers; the process has no others. */
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
  /** Asks the process to end, and kills it after a timeout; resolves when it has ended. */
  stop(): Promise<HsmExit>;
}

/** Long enough for a passphrase (scrypt) on a busy machine. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** @throws SealError when the root key cannot be opened; HsmError `unavailable` when the process does not start. */
export async function launchHsm(options: LaunchOptions): Promise<LaunchedHsm> {
  const child = spawnProcess(options);
  const exited = exitOf(child);
  logStderr(child, options.log);
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

/** No core dumps, whatever this process's limits: a core file would contain keys. */
const WITHOUT_CORE_DUMPS = ['/bin/sh', '-c', 'ulimit -c 0; exec "$0" "$@"'];

function spawnProcess(options: LaunchOptions): Child {
  const { seal, socketDirectory, processPath, pkcs11Tokens = [], driverEnvironment = {} } = options;
  const flags = [
    // No debugger on SIGUSR1; no child processes, threads, native code or inspector; writes only its own files.
    '--disable-sigusr1',
    '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${dirname(seal.path)}`,
    `--allow-fs-write=${socketDirectory}`,
    ...(pkcs11Tokens.length > 0 ? ['--allow-addons', '--disable-warning=SecurityWarning'] : []),
    // Newer Node releases also restrict sockets, even private ones; older ones do not know the flag.
    ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
  ];
  // A container without a shell sets the limit itself.
  const prefix = existsSync('/bin/sh') ? WITHOUT_CORE_DUMPS : [];
  const [program = process.execPath, ...args] = [...prefix, process.execPath, ...flags, processPath];
  // Not our environment: it could change how Node runs, and contains the server's secrets.
  return spawn(program, args, { env: { ...driverEnvironment }, stdio: ['pipe', 'pipe', 'pipe'] });
}

function handOver(child: Child, launchToken: Uint8Array, launch: Launch): void {
  // A process that ends at once closes its input; its exit is reported instead.
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

/** @throws SealError; HsmError `unavailable` when the process ends before it is ready, or takes too long. */
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

/** @returns undefined when the stream ends without a line */
function firstLine(stream: Readable): Promise<string | undefined> {
  const lines = createInterface(stream);
  return new Promise((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
}

function logStderr(child: Child, log: Logger): void {
  createInterface(child.stderr).on('line', (line) => log.warn({ hsmPid: child.pid }, line));
}

async function stopProcess(child: Child, exited: Promise<HsmExit>): Promise<HsmExit> {
  child.stdin.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}
