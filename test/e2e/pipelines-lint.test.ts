/** GitHub's workflows as `actionlint` reads them: syntax, types of expressions, inputs, contexts. */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeAtLength } from '../support/at-length.ts';
import { describeWith } from '../support/needs.ts';
import { root, run } from '../support/server.ts';

describeAtLength(
  'actionlint',
  () => {
    describeWith('actionlint', 'git')('reads the templates in the places to which they are copied', () => {
      test('without a fault', async () => {
        const directory = await mkdtemp(join(tmpdir(), 'keystead-lint-'));
        const workflows = join(directory, '.github/workflows');
        await mkdir(workflows, { recursive: true });
        await run('git', ['init', '--quiet'], { cwd: directory });
        const templates = join(root, 'pipelines/github');
        await cp(join(templates, 'actions'), join(directory, '.github/actions/keystead'), { recursive: true });
        await cp(join(templates, 'workflows'), workflows, { recursive: true });
        await cp(join(templates, 'keystead.yml'), join(workflows, 'keystead.yml'));
        expect(await readdir(workflows)).toHaveLength(4);
        const result = await run('actionlint', ['-no-color', '-shellcheck='], { cwd: directory });
        await rm(directory, { recursive: true, force: true });
        expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
      });
    });
  },
  'make test-pipelines',
);
