/** The commands of the pages about pipelines, as a reader runs them, and the files that they leave. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageProvider } from '@keystead/provider/package.ts';
import { pathWithNode } from '../support/provider/packaged.ts';
import { command, root, run } from '../support/server.ts';

let place: string;
let code: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'keystead-pages-'));
  code = join(place, 'code');
  const repository = join(place, 'keystead');
  await mkdir(code);
  await mkdir(join(repository, 'dist'), { recursive: true });
  await symlink(join(root, 'pipelines'), join(repository, 'pipelines'));
  // What "make keystead provider" makes, without writing into this repository.
  await symlink(dirname(command), join(repository, 'dist/keystead'));
  const provider = { entry: join(root, 'provider/main.ts'), namespace: 'keystead', type: 'aws', version: '0.1.0' };
  await packageProvider({ ...provider, outputDirectory: join(repository, 'dist/provider') });
  await writeFile(join(repository, 'Makefile'), 'keystead provider:\n\t@test -e dist/$@\n');
});
afterAll(() => rm(place, { recursive: true, force: true }));

async function blocks(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}
const shell = (script: string) =>
  run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: code,
    env: { PATH: pathWithNode, KEYSTEAD: join(place, 'keystead'), NODE_OPTIONS: '' },
  });

test('the commands of pipelines/README.md put the templates where the workflows expect them', async () => {
  const [github = '', gitlab = '', ...more] = await blocks('pipelines/README.md');
  expect(more).toEqual([]);
  expect(await shell(github)).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await shell(gitlab)).toEqual({ code: 0, stdout: '', stderr: '' });
  const workflows = await readdir(join(code, '.github/workflows'));
  expect(workflows.sort()).toEqual(['keystead-apply.yml', 'keystead-drift.yml', 'keystead-plan.yml', 'keystead.yml']);
  const texts = await Promise.all(workflows.map((name) => readFile(join(code, '.github/workflows', name), 'utf8')));
  const used = new Set(texts.join('\n').match(/(?<=uses: \.\/)\S+/g));
  expect(used.size).toBe(7);
  for (const path of used) {
    const file = path.endsWith('.yml') ? path : join(path, 'action.yml');
    expect(await readFile(join(code, file), 'utf8')).not.toBe('');
  }
  const include = /local: \/(\S+)/.exec(await readFile(join(code, '.gitlab-ci.yml'), 'utf8'))?.[1] ?? 'none';
  expect(await readFile(join(code, include), 'utf8')).toContain('spec:');
});

test('the commands of docs/guide/ci-templates.md make a kit that needs nothing else', async () => {
  const [make = '', pack = '', ...more] = await blocks('docs/guide/ci-templates.md');
  expect(more).toEqual([]);
  expect(await shell(make)).toMatchObject({ code: 0, stdout: expect.stringContaining('fetch') });
  expect(await shell(pack)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^[0-9a-f]{64} {2}keystead-kit\.tgz\n$/),
  });
});

test('GitHub jobs unpack the file only where its digest is the one that is asked for', async () => {
  const [, pack = ''] = await blocks('docs/guide/ci-templates.md');
  const digest = (await shell(pack)).stdout.split(' ')[0] ?? '';
  const action = await readFile(join(root, 'pipelines/github/actions/setup/action.yml'), 'utf8');
  const script = /run: \|\n([\s\S]*)$/.exec(action)?.[1]?.replace(/^ {8}/gm, '') ?? '';
  const job = async (sha: string) => {
    const temporary = await mkdtemp(join(place, 'runner-'));
    const files = { GITHUB_ENV: join(temporary, 'env'), GITHUB_PATH: join(temporary, 'path') };
    for (const file of Object.values(files)) await writeFile(file, '');
    const github = { ...files, RUNNER_TEMP: temporary, GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1' };
    const inputs = {
      KIT: join(code, 'keystead-kit.tgz'),
      KIT_SHA256: sha,
      ENDPOINT: 'https://kms',
      REGION: 'us-east-1',
    };
    const env = { ...github, ...inputs, ROLE: 'arn', AUDIENCE: 'keystead', PATH: pathWithNode, NODE_OPTIONS: '' };
    return { temporary, ...(await run('bash', ['-c', script], { cwd: code, env })) };
  };
  const right = await job(digest);
  expect(right).toMatchObject({ code: 0, stderr: '' });
  const exported = await readFile(join(right.temporary, 'env'), 'utf8');
  expect(exported).toMatch(/^AWS_ROLE_SESSION_NAME=github-1-1-[0-9a-f]{16}$/m);
  const configuration = await readFile(/^TF_CLI_CONFIG_FILE=(.*)$/m.exec(exported)?.[1] ?? '', 'utf8');
  expect(configuration).toContain(`path = "${right.temporary}/keystead/kit/provider/mirror"`);
  const keystead = join(right.temporary, 'keystead/bin/keystead');
  await chmod(keystead, 0o755);
  expect(await run(keystead, ['--version'], { env: { PATH: pathWithNode, NODE_OPTIONS: '' } })).toMatchObject({
    code: 0,
  });
  for (const wrong of ['', '0'.repeat(64)]) expect((await job(wrong)).code).not.toBe(0);
});
