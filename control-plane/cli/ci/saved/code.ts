/**
 * The code that a plan is made of: the files of the stack's directory and of the modules it uses, as one digest. A plan
 * from the head of a pull request and the merge of that pull request have the same one if nothing else changed the
 * stack, whatever their commits are called.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, posix, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';

export interface Code {
  /** The directory, from the root of the repository, or from the current directory where there is none. */
  readonly stack: string;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
  readonly commit?: string;
}

const MAX_LIST_BYTES = 64 * 1024 * 1024;

/** Written by Terraform itself, or by other tools beside it. */
const leftOut =
  /^(\.terraform|\.git|node_modules|terraform\.tfstate\.d|errored\.tfstate|.*\.tfstate(\..*)?|crash\.log)$/;

/**
 * What Terraform and OpenTofu read by themselves. Of other files those that git knows count: reports and artifacts that a
 * job writes beside the code do not.
 */
const configuration = /(\.(tf|tofu|tfvars)(\.json)?|^\.terraform\.lock\.hcl)$/;

/** @param without the directory of the saved plan. To be called after `terraform init`, which writes the lock file */
export async function codeOf(dir: string, without: string): Promise<Code> {
  const place = await realpath(dir);
  const artifact = await realpath(without).catch(() => resolve(without));
  const hash = createHash('sha256');
  const roots = [{ key: '', path: place }, ...(await modulesOf(place))];
  for (const { key, path } of roots) {
    const files = await filesIn(path, '', artifact);
    const tracked = await trackedIn(path);
    for (const { name, isLink } of files) {
      if (tracked.has(name) || configuration.test(basename(name))) {
        hash.update(`${key}\0${name}\0${await digestOf(join(path, name), isLink)}\n`);
      }
    }
  }
  const top = await git(place, 'rev-parse', '--show-toplevel');
  const commit = await git(place, 'rev-parse', 'HEAD');
  return { stack: nameOf(top, dir, place), digest: hash.digest('hex'), ...(commit !== undefined && { commit }) };
}

/** A link from the repository to a directory elsewhere has the name of the link. */
function nameOf(top: string | undefined, dir: string, place: string): string {
  const found = relative(top ?? process.cwd(), place);
  const name = found.startsWith('..') ? relative(process.cwd(), resolve(dir)) : found;
  return name.split(sep).join('/') || '.';
}

/** Modules outside the directory, or brought into it by `terraform init`; others are among its files. */
async function modulesOf(dir: string): Promise<readonly { readonly key: string; readonly path: string }[]> {
  const text = await readFile(join(dir, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { readonly Key: string; readonly Dir: string }[] };
  return Modules.filter(({ Dir }) => Dir.startsWith('..') || Dir.startsWith('.terraform'))
    .map(({ Key, Dir }) => ({ key: Key, path: join(dir, Dir) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

interface FoundFile {
  /** From the root. */
  readonly name: string;
  readonly isLink: boolean;
}

async function filesIn(root: string, folder: string, without: string): Promise<readonly FoundFile[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !leftOut.test(name) && join(root, folder, name) !== without)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry): Promise<readonly FoundFile[]> => {
        const name = posix.join(folder, entry.name);
        return entry.isDirectory() ? filesIn(root, name, without) : [{ name, isLink: entry.isSymbolicLink() }];
      }),
  );
  return found.flat();
}

/** None outside a repository. */
async function trackedIn(folder: string): Promise<ReadonlySet<string>> {
  const listed = await git(folder, 'ls-files', '-z', '--', '.');
  return new Set((listed ?? '').split('\0'));
}

async function digestOf(path: string, isLink: boolean): Promise<string> {
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true;
  const content = isFile ? await readFile(path) : isLink ? await readlink(path) : '';
  return createHash('sha256').update(content).digest('hex');
}

/** @returns undefined outside a repository, and where there is no git */
async function git(dir: string, ...args: string[]): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('git', ['-C', dir, ...args], { maxBuffer: MAX_LIST_BYTES }).catch(
    () => ({ stdout: '' }),
  );
  return stdout.trim() || undefined;
}
