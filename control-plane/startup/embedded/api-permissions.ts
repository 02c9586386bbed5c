/**
 * What the API process may do under Node's permission model: read its program and configuration, read and write its own
 * files. It starts no process and opens no inspector, and the files of the seal are not in the list.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { programDirectory } from '../../runtime/program-files.ts';
import type { ServeConfig } from '../config.ts';

/** In the data directory: everything but the seal. A trailing `*` stands for any rest of a name. */
const OWN_FILES = ['keystead.*', 'credentials*', 'audit-public-key.pem*'];
/**
 * For the metrics of the process, and for SQLite's driver, which looks which C library there is. Never all of
 * /proc/self: /proc/self/root leads to every file.
 */
const READ_ABOUT_ITSELF = ['stat', 'status', 'limits', 'fd', 'maps'].map((name) => `/proc/self/${name}`);

export interface ApiFiles {
  readonly config: ServeConfig;
  /** `--config`, and files that other files of the configuration name. */
  readonly furtherFiles: readonly string[];
  /** Where compiled code is cached. */
  readonly cacheDirectory?: string;
}

/** Flags of Node. */
export function apiPermissionFlags(files: ApiFiles): readonly string[] {
  const written = writtenBy(files);
  const readPaths = [
    ...programDirectories(),
    ...READ_ABOUT_ITSELF,
    ...filesOf(files.config),
    ...databaseFiles(files.config),
    ...files.furtherFiles,
    ...written,
  ];
  return [
    '--permission',
    '--allow-addons',
    '--allow-worker',
    // Newer releases also restrict sockets; older ones do not know the flag.
    ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
    '--disable-warning=SecurityWarning',
    ...[...new Set(readPaths)].map((path) => `--allow-fs-read=${path}`),
    ...[...new Set(written)].map((path) => `--allow-fs-write=${path}`),
  ];
}

function writtenBy({ config, cacheDirectory }: ApiFiles): readonly string[] {
  const { dataDir, audit } = config;
  const { mirrorFile, logDirectory } = audit ?? {};
  return [
    ...OWN_FILES.map((name) => join(dataDir, name)),
    ...[join(dataDir, 'run'), logDirectory, cacheDirectory]
      .filter((path) => path !== undefined)
      .flatMap(wholeDirectory),
    ...(mirrorFile === undefined ? [] : [`${mirrorFile}*`]),
  ];
}

/** Node takes a path for a file unless it is a directory when the process starts. */
const wholeDirectory = (path: string): readonly string[] => [path, join(path, '*')];

/** Files that options name, and that the API process reads when it starts, or again later. */
export function filesOf({ tls, seedFile, trustedServicesFile, quotas, keyStores }: ServeConfig): readonly string[] {
  const quotaFile = quotas === 'off' || quotas === 'aws' ? undefined : quotas;
  const files = [tls?.certFile, tls?.keyFile, tls?.clientCaFile, seedFile, trustedServicesFile, quotaFile];
  return [...files, keyStores?.pkcs11TokensFile, keyStores?.xksCaFile].filter((path) => path !== undefined);
}

/** Files that a PostgreSQL URL names, and those that its client looks for. */
function databaseFiles({ database }: ServeConfig): readonly string[] {
  const text = database.reveal();
  if (!URL.canParse(text)) return [];
  const named = ['sslrootcert', 'sslcert', 'sslkey']
    .map((name) => new URL(text).searchParams.get(name))
    .filter((path) => path !== null);
  const { HOME } = process.env;
  const ofUser = HOME ? [join(HOME, '.pgpass'), join(HOME, '.postgresql')] : [];
  return [...named.map((path) => resolve(path)), ...ofUser];
}

/** The directories that hold code: ours, and those in which Node looks for packages. */
export function programDirectories(): readonly string[] {
  const own = realpathSync(programDirectory);
  const found = new Set<string>([own]);
  for (let path = own; ; path = dirname(path)) {
    const modules = join(path, 'node_modules');
    if (existsSync(modules)) {
      found.add(modules);
      // In this repository its packages are links to directories beside ours.
      const siblings = join(modules, '@keystead');
      if (existsSync(siblings)) {
        for (const name of readdirSync(siblings)) found.add(realpathSync(join(siblings, name)));
      }
    }
    found.add(join(path, 'package.json'));
    if (path === dirname(path)) return [...found];
  }
}
