/** A git repository for a pipeline, with branches and merges as a forge makes them. */
import { run } from '../server.ts';

export interface Git {
  readonly directory: string;
  /** @returns what git prints. @throws when it fails */
  git(...args: string[]): Promise<string>;
  /** Commits everything. @returns the commit */
  commit(message: string): Promise<string>;
}

const settings = { GIT_AUTHOR_NAME: 'alice', GIT_AUTHOR_EMAIL: 'alice@example.com', GIT_CONFIG_GLOBAL: '/dev/null' };
const env = { ...settings, GIT_COMMITTER_NAME: 'alice', GIT_COMMITTER_EMAIL: 'alice@example.com' };

/** @param origin address that the CI system reads the repository's name from; nothing is fetched from it */
export async function initGit(directory: string, origin: string): Promise<Git> {
  const git = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run('git', args, { cwd: directory, env });
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', origin);
  return {
    directory,
    git,
    async commit(message) {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
  };
}
