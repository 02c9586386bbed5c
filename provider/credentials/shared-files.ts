/**
 * Finds and reads the AWS shared files. A profile is the union of its sections in all of them; what is read later wins,
 * and the credentials files are read after the configuration files.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CredentialError } from './credential-error.ts';
import { parseIni, type Sections } from './ini.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SharedFiles {
  /** undefined: no file has it. */
  profile(name: string): ReadonlyMap<string, string> | undefined;
  /** A `[services …]` section, which holds endpoints. */
  services(name: string): ReadonlyMap<string, string> | undefined;
  /** Every path looked at, for diagnostics. */
  readonly looked: readonly { readonly path: string; readonly found: boolean }[];
}

export interface SharedFilePaths {
  readonly config: readonly string[];
  readonly credentials: readonly string[];
}

/** The provider block's paths, else the environment's, else the two in `~/.aws`. */
export function sharedFilePaths(
  given: { readonly config: readonly string[]; readonly credentials: readonly string[] },
  env: Environment,
): SharedFilePaths {
  const home = env.HOME ?? homedir();
  const resolve = (paths: readonly string[], variable: string | undefined, defaultName: string): readonly string[] =>
    (paths.length > 0 ? paths : [variable || join(home, '.aws', defaultName)]).map((path) =>
      path.replace(/^~(?=\/|$)/, home),
    );
  return {
    config: resolve(given.config, env.AWS_CONFIG_FILE, 'config'),
    credentials: resolve(given.credentials, env.AWS_SHARED_CREDENTIALS_FILE, 'credentials'),
  };
}

export async function readSharedFiles(paths: SharedFilePaths): Promise<SharedFiles> {
  const looked: { path: string; found: boolean }[] = [];
  const read = async (path: string): Promise<Sections> => {
    const text = await readIfPresent(path);
    looked.push({ path, found: text !== undefined });
    return parseIni(text ?? '');
  };
  const config = await Promise.all(paths.config.map(read));
  const credentials = await Promise.all(paths.credentials.map(read));
  return {
    profile: (name) =>
      merged([
        ...config.flatMap((file) => [
          name === 'default' ? file.get('default') : undefined,
          file.get(`profile ${name}`),
        ]),
        ...credentials.map((file) => file.get(name)),
      ]),
    services: (name) => merged(config.map((file) => file.get(`services ${name}`))),
    looked,
  };
}

function merged(parts: readonly (ReadonlyMap<string, string> | undefined)[]): ReadonlyMap<string, string> | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : new Map(present.flatMap((part) => [...part]));
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const detail = `${(error as Error).message}. Make it readable, or name other files.`;
    throw new CredentialError(`Cannot read ${path}`, detail);
  }
}
