/**
 * Checks the dependencies: always the lock files against the policy, which needs no network; with `--advisories` the
 * public advisory database too, for what runs in production. A registry without one, or out of reach, is reported and
 * is not a failure, because a check that fails without a network is soon switched off.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDirectories } from './lock-files.ts';

/** One entry of `packages` in a package-lock.json of version 3. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: true;
  readonly inBundle?: true;
  readonly hasInstallScript?: true;
  readonly libc?: readonly string[];
}

export interface Policy {
  /** Packages that run a script when installed, and whether each is allowed to. */
  readonly scripts: Readonly<Record<string, boolean>>;
}

/** Permissive licences, as SPDX writes them; MPL-2.0 is file-level copyleft of unmodified files. */
const LICENCES: ReadonlySet<string> = new Set(
  `0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC-BY-4.0 CC0-1.0 ISC MIT MPL-2.0 Python-2.0 Unlicense Zlib`.split(
    ' ',
  ),
);
/** The licence of jsonify, in words that are not SPDX. */
const PUBLIC_DOMAIN = 'Public Domain';

/** A line for each package that breaks the policy. */
export function policyFaults(
  packages: Readonly<Record<string, LockedPackage>>,
  { scripts }: Policy,
): readonly string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (!path.includes('node_modules/') || locked.link) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const about = `${name}@${locked.version}`;
    return [
      ...(isFromRegistry(locked) ? [] : [`${about} comes from ${locked.resolved}, not from the registry`]),
      ...(isWhole(locked) ? [] : [`${about} has no SHA-512 integrity`]),
      ...(locked.hasInstallScript && !Object.hasOwn(scripts, name)
        ? [`${about} runs a script when installed, which package.json's allowScripts does not mention`]
        : []),
      ...(locked.libc ? [`${about} names its C library, which npm 9 and 10 would remove: run make lock`] : []),
      ...(isLicensed(locked.license) ? [] : [`${about} has the licence ${locked.license}, which is not on the list`]),
    ];
  });
}

/** The lock file leaves the registry's own addresses out (.npmrc): an address in it is that of another source. */
const isFromRegistry = ({ resolved }: LockedPackage): boolean => resolved === undefined;

/** A bundled package is covered by the hash of the package that brings it. */
const isWhole = ({ integrity, inBundle }: LockedPackage): boolean =>
  inBundle === true || integrity?.startsWith('sha512-') === true;

/** `A AND B` needs both, `A OR B` one. */
function isLicensed(expression: string | undefined): boolean {
  if (expression === PUBLIC_DOMAIN) return true;
  const text = expression?.replaceAll(/[()]/g, '') ?? '';
  return text.split(' OR ').some((choice) => choice.split(' AND ').every((licence) => LICENCES.has(licence)));
}

interface AuditReport {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
}

const AUDIT_TIMEOUT_MS = 60_000;

/** @returns a line for each kind of advisory that matters; undefined when the registry did not answer. */
function advisories(root: string): Promise<readonly string[] | undefined> {
  const args = ['audit', '--omit=dev', '--json'];
  return new Promise((resolve) => {
    execFile('npm', args, { cwd: root, timeout: AUDIT_TIMEOUT_MS, maxBuffer: 2 ** 26 }, (_error, stdout) => {
      const found = parse(stdout)?.metadata?.vulnerabilities;
      const serious = ['high', 'critical'].filter((level) => (found?.[level] ?? 0) > 0);
      resolve(found && serious.map((level) => `${found[level]} advisories of level ${level}: run npm audit`));
    });
  });
}

function parse(text: string): AuditReport | undefined {
  try {
    return JSON.parse(text) as AuditReport;
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const root = join(import.meta.dirname, '..');
  const read = async (name: string) => JSON.parse(await readFile(join(root, name), 'utf8'));
  const locks = lockDirectories.map((folder) => join(folder, 'package-lock.json'));
  const packagesOf = async (name: string) =>
    Object.entries((await read(name)).packages as Record<string, LockedPackage>);
  const locked = (await Promise.all(locks.map(packagesOf))).flat();
  const { allowScripts } = (await read('package.json')) as { allowScripts: Record<string, boolean> };
  const faults = [
    ...new Set(locked.flatMap((entry) => policyFaults(Object.fromEntries([entry]), { scripts: allowScripts }))),
  ];
  if (process.argv.includes('--advisories')) {
    const found = await advisories(root);
    if (found === undefined)
      console.log('dependencies: the registry did not answer the advisory request; advisories are not checked');
    faults.push(...(found ?? []));
  }
  for (const fault of faults) console.error(`dependencies: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`dependencies: ${locked.length} packages follow the policy`);
}

if (import.meta.main) await main();
