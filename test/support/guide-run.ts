/**
 * Runs the commands of a guide as a reader does: in a directory of their own, with `keystead` on the PATH and KEYSTEAD
 * as the repository's directory. There `make provider` writes into that directory instead of the repository's dist.
 */
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathWithNode } from './provider/packaged.ts';
import { type CommandResult, command, root, run, type TestServer } from './server.ts';

export interface GuideRun {
  /** Where the commands run. */
  readonly directory: string;
  /** Programs that the commands find first. */
  readonly bin: string;
  /** The sections that have commands, in their order. */
  readonly sections: readonly string[];
  /** The configurations of the page. */
  readonly configurations: readonly string[];
  /** Runs a section; what it exports and defines stays. @param replaced texts of the page that stand for something of this machine */
  section(title: string, replaced?: Readonly<Record<string, string>>): Promise<CommandResult>;
  dispose(): Promise<void>;
}

const makefile = `provider:
	node ${root}/provider/package.ts $(if $(SOURCE),--as $(SOURCE)) dist/provider$(if $(SOURCE),-$(firstword $(subst /, ,$(SOURCE))))
`;

/** @param page `docs/guides/from-the-aws-provider.md` */
export async function openGuideRun(page: string, server: Pick<TestServer, 'dataDir' | 'endpoint'>): Promise<GuideRun> {
  const text = await readFile(join(root, page), 'utf8');
  const place = await mkdtemp(join(tmpdir(), 'keystead-guide-'));
  const [repository, directory, bin] = ['keystead', 'code', 'bin'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [repository, directory, bin]) await mkdir(one);
  await writeFile(join(repository, 'Makefile'), makefile);
  await symlink(server.dataDir, join(repository, 'keystead-data'));
  await writeFile(join(bin, 'keystead'), `#!/bin/sh\nexec node ${command} "$@"\n`);
  await chmod(join(bin, 'keystead'), 0o755);
  const env = {
    PATH: `${bin}:${pathWithNode}`,
    HOME: place,
    KEYSTEAD: repository,
    KEYSTEAD_NODE: process.execPath,
    NODE_OPTIONS: '',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const exported = join(place, 'exported.sh');
  await writeFile(exported, '');
  const commands = commandsOf(text);
  return {
    directory,
    bin,
    sections: [...commands.keys()],
    configurations: blocks(text, 'hcl'),
    async section(title, replaced = {}) {
      const found = commands.get(title);
      if (found === undefined) throw new Error(`${page} has no commands under "${title}"`);
      const script = Object.entries({ 'http://127.0.0.1:8600': server.endpoint, ...replaced }).reduce(
        (all, [from, to]) => all.replaceAll(from, to),
        found,
      );
      const whole = `set -euo pipefail\n. ${exported}\n${script}\n{ export -p; declare -f; } > ${exported}\n`;
      return run('bash', ['-c', whole], { cwd: directory, env });
    },
    dispose: () => rm(place, { recursive: true, force: true }),
  };
}

const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

/** Commands by the section that they are in. */
function commandsOf(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^## /m);
  return new Map(
    sections
      .map((part) => [part.slice(0, part.indexOf('\n')), blocks(part, 'sh').join('')] as const)
      .filter(([, commands]) => commands !== ''),
  );
}
