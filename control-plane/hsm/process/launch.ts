/** Starts one HSM process, and ends it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Logger } from 'pino';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { Pkcs11TokenConfig } from '../port/pkcs11-token-config.ts';
import { SealError } from '../port/seal-error.ts';
import type { SealConfig } from '../root-key/root-key.ts';
import type { ClientReport, HsmSocket, Launch, LaunchAnswer } from './protocol.ts';

export interface LaunchOptions {
  readonly seal: SealConfig;
  readonly socket: HsmSocket;
  /** Known to the clients of this process. */
  readonly sharedToken: SecretBytes;
  /** Whether key material with a chosen value is accepted until `endSeeding`; default: no. */
  readonly isSeeding?: boolean;
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
  readonly pid: number;
  readonly exited: Promise<HsmExit>;
  /** The listener is called whenever the number of clients changes, or one says goodbye. */
  onClients(listener: (report: ClientReport) => void): void;
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
  const listeners: ((report: ClientReport) => void)[] = [];
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

/** No core dumps, whatever this process's limits: a core file would contain keys. */
const WITHOUT_CORE_DUMPS = ['/bin/sh', '-c', 'ulimit -c 0; exec "$0" "$@"'];

function spawnProcess(options: LaunchOptions): Child {
  const { seal, socket, processPath, pkcs11Tokens = [], driverEnvironment = {} } = options;
  const flags = [
    // No debugger on SIGUSR1; no child processes, threads, native code or inspector; writes only its own files.
    '--disable-sigusr1',
    '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${dirname(seal.path)}`,
    `--allow-fs-write=${dirname(socket.path)}`,
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

function handOver(child: Child, sharedToken: SecretBytes, launch: Launch): void {
  // A process that ends at once closes its input; its exit is reported instead.
  child.stdin.on('error', () => undefined);
  const line = Buffer.from(`${JSON.stringify(launch)}\n`);
  const message = sharedToken.use((token) => Buffer.concat([token, line]));
  child.stdin.write(message, () => message.fill(0));
}

function exitOf(child: Child): Promise<HsmExit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/**
 * Waits for the first line of the process; each later one is given to `onReport`.
 * @throws SealError; HsmError `unavailable` when the process ends before it is ready, or takes too long
 */
async function readiness(
  child: Child,
  exited: Promise<HsmExit>,
  onReport: (report: ClientReport) => void,
): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const lines = createInterface(child.stdout);
  const first = await new Promise<string | undefined>((resolve) => {
    lines.once('line', (line) => {
      lines.on('line', (later) => onReport(JSON.parse(later)));
      resolve(line);
    });
    lines.once('close', () => resolve(undefined));
  });
  clearTimeout(timer);
  if (first === undefined) {
    const { code, signal } = await exited;
    throw new HsmError('unavailable', `the HSM process did not start (${signal ?? `exit code ${code}`})`);
  }
  const answer: LaunchAnswer = JSON.parse(first);
  if ('failed' in answer) throw new SealError(answer.failed.message, answer.failed.hint);
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
