/**
 * The start of a server that has its HSM for itself: starts the HSM, gives up what the server does not need, and becomes
 * the server, under the same process id.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { makeSocketDirectory } from '../../hsm/process/socket-directory.ts';
import { parseSeal, requirePrivateTransport, type ServeConfig } from '../config.ts';
import { makePrivateDirectory } from '../directories.ts';
import { parseConnectTo, readPkcs11Tokens } from '../key-store-config.ts';
import { requireDatabaseOfRootKey } from '../lost-database.ts';
import { readQuotas } from '../quota-file.ts';
import { exitCodes, StartError } from '../start-error.ts';
import { apiPermissionFlags, filesOf } from './api-permissions.ts';
import { startHsmProgram } from './hsm-program.ts';
import { giveAway } from './ownership.ts';
import { type Separation, separationOf } from './separation.ts';

export interface EmbeddedStart {
  readonly config: ServeConfig;
  /** The command line program, and the arguments that it was called with. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** `--user` and `--hsm-user`. */
  readonly user?: string;
  readonly hsmUser?: string;
  /** `--config`. */
  readonly configFile?: string;
  readonly cacheDirectory?: string;
}

/** The HSM that was started for the server. */
interface EmbeddedHsm {
  readonly socketPath: string;
  readonly tokenFile: string;
  readonly separation: Separation;
}

/**
 * Never returns when it succeeds.
 * @returns the exit code of an HSM that could not start
 * @throws StartError
 */
export async function becomeServer(start: EmbeddedStart): Promise<number> {
  const { config, program } = start;
  requirePrivateTransport(config);
  const seal = parseSeal(config.seal, config.passphraseFile);
  // The server reads both again; a mistake in them must not leave a new data directory behind.
  readQuotas(config.quotas);
  const { pkcs11TokensFile, xksConnectTo } = config.keyStores ?? {};
  parseConnectTo(xksConnectTo);
  const anchors = readPkcs11Tokens(pkcs11TokensFile).trustAnchorFiles;
  const furtherFiles = [start.configFile, ...anchors].filter((path) => path !== undefined);
  const neededFiles = [program, ...filesOf(config), ...furtherFiles];
  const { user, hsmUser } = start;
  const separation = separationOf({ ...defined({ user, hsmUser }), neededFiles, dataDir: config.dataDir });
  const { logDirectory } = config.audit ?? {};
  await makePrivateDirectory(config.dataDir, '--data-dir');
  if (logDirectory !== undefined) await makePrivateDirectory(logDirectory, '--audit-log-dir');
  requireDatabaseOfRootKey(config);
  const { path: runDirectory } = await makeSocketDirectory(config.dataDir);
  const sealFiles = [seal.path, ...(seal.kind === 'passphrase' ? [seal.passphrasePath] : [])].map((file) =>
    resolve(file),
  );
  if (separation.kind === 'users') {
    const sealDirectory = existsSync(seal.path) ? undefined : dirname(resolve(seal.path));
    if (sealDirectory === resolve(config.dataDir)) throw sealInDataDir(seal.path);
    await giveAway({
      ...separation,
      dataDir: config.dataDir,
      ...defined({ logDirectory }),
      runDirectory,
      sealFiles,
      ...(sealDirectory && { sealDirectory }),
    });
  }
  await removeAbandoned(runDirectory);
  // Another name for each start: a second server of this directory is refused later, and must not disturb the first.
  const name = join(runDirectory, `hsm-${randomBytes(8).toString('hex')}`);
  const [socketPath, tokenFile] = [`${name}.sock`, `${name}.token`];
  const exitCode = await startHsmProgram({
    program,
    arguments: [
      ...['--seal', config.seal, '--socket', socketPath, '--token-file', tokenFile, '--log-level', config.logLevel],
      ...(config.passphraseFile === undefined ? [] : ['--passphrase-file', config.passphraseFile]),
      ...(pkcs11TokensFile === undefined ? [] : ['--pkcs11-tokens', pkcs11TokensFile]),
      ...(config.seedFile === undefined ? [] : ['--allow-seeding']),
      ...(separation.kind === 'users' ? ['--client-user', String(separation.api.uid)] : []),
    ],
    environment: { PATH: process.env.PATH, HOME: process.env.HOME, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME },
    ...(separation.kind === 'users' && { user: separation.hsm }),
  });
  if (exitCode !== undefined) return exitCode;
  return execute(start, { socketPath, tokenFile, separation }, furtherFiles);
}

/** Replaces the program of this process, with fewer rights. */
function execute(start: EmbeddedStart, hsm: EmbeddedHsm, furtherFiles: readonly string[]): never {
  const { config, program, cacheDirectory } = start;
  const { socketPath, tokenFile, separation } = hsm;
  const flags = apiPermissionFlags({ config, furtherFiles, ...(cacheDirectory && { cacheDirectory }) });
  const hsmArguments = ['--hsm', `unix:${socketPath}`, '--hsm-token-file', tokenFile, '--seal', config.seal];
  hsmArguments.push('--embedded-hsm', describe(separation));
  if (separation.kind === 'users') {
    const { api, hsm: hsmUser } = separation;
    hsmArguments.push('--hsm-user', String(hsmUser.uid));
    process.setgroups?.([]);
    process.setgid?.(api.gid);
    process.setuid?.(api.uid);
  }
  const node = [process.execPath, ...process.execArgv, ...flags];
  if (!process.execve) throw new Error('this Node.js cannot replace the program of a process (Windows?)');
  return process.execve(process.execPath, [...node, program, ...start.arguments, ...hsmArguments], process.env);
}

/** One line for the operator: what keeps the API process from the root key. */
function describe(separation: Separation): string {
  if (separation.kind === 'users') {
    return `the kernel (API process: user ${separation.api.uid}, HSM: user ${separation.hsm.uid})`;
  }
  const why = separation.shortcoming === undefined ? 'one user runs both processes' : separation.shortcoming;
  return `Node's permission model only; ${why} (SECURITY.md says what remains)`;
}

function sealInDataDir(path: string): StartError {
  return new StartError(
    `${path} is a new root key in the data directory itself, where the user of the HSM cannot create files.`,
    'Give it a directory of its own, such as --seal file:<data-dir>/hsm/root.key, or leave --seal out.',
    exitCodes.usage,
  );
}

/** Removes sockets that nobody listens to any more, with their tokens: their HSM was killed. */
async function removeAbandoned(runDirectory: string): Promise<void> {
  for (const file of await readdir(runDirectory)) {
    const [, name] = /^(hsm-[0-9a-f]{16})\.sock$/.exec(file) ?? [];
    if (name === undefined || (await isListening(join(runDirectory, file)))) continue;
    for (const suffix of ['sock', 'token']) await rm(join(runDirectory, `${name}.${suffix}`), { force: true });
  }
}

function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
