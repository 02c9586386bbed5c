/**
 * The page "from nothing to a key in production", each command in its order, in an empty directory. In place of GitHub an
 * issuer of the test makes the tokens of the three jobs, and the control plane is given its keys.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { putAwsOnPath } from '../support/aws-on-path.ts';
import { type CiIssuer, createCiIssuer, githubClaims } from '../support/ci-issuer.ts';
import { type GuideRun, openGuideRun } from '../support/guide-run.ts';
import { needs } from '../support/needs.ts';
import { asOneUser, command, root } from '../support/server.ts';

needs('terraform', 'aws', 'openssl');

jest.setTimeout(240_000);

const page = 'docs/guide/from-nothing-to-production.md';
const repository = 'team/keys';
const aws = awsCommandLine();
let guide: GuideRun;
let issuer: CiIssuer;
let onPath: Awaited<ReturnType<typeof putAwsOnPath>>;
let server: ChildProcess | undefined;
let port: number;
let log = '';

beforeAll(async () => {
  port = await freePort();
  issuer = await createCiIssuer();
  guide = await openGuideRun(page, { dataDir: '/nowhere', endpoint: 'http://127.0.0.1:8600' });
  onPath = await putAwsOnPath(guide.bin, aws);
});

afterAll(async () => {
  if (server) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  await onPath?.stop();
  await guide?.dispose();
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const claims = { plan: 'pull_request', apply: 'push', drift: 'schedule' } as const;

/** As CI does at the start of each job. */
async function mintTokens(): Promise<void> {
  for (const [job, event] of Object.entries(claims)) {
    await writeFile(join(guide.directory, `token.${job}`), await issuer.mint(githubClaims(event, { repository })));
  }
}

/** @returns what the section printed. @throws with all of it when a command failed */
async function section(title: string): Promise<string> {
  await mintTokens();
  const { code, stdout, stderr } = await guide.section(title, {
    8600: String(port),
    // The control plane of a test cannot ask GitHub for its keys.
    '--create --yes': '--create --yes --jwks-file jwks.json',
  });
  if (code !== 0) throw new Error(`"${title}" ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout + stderr;
}

async function startControlPlane(): Promise<void> {
  const text = await readFile(join(root, page), 'utf8');
  const line = /^```console\nkeystead (serve .*)\n```$/m.exec(text)?.[1] ?? '';
  const args = line.replace('8600', String(port)).split(' ');
  server = spawn(process.execPath, [command, ...args, ...asOneUser], {
    cwd: guide.directory,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    server?.once('exit', (code) => reject(new Error(`the control plane ended with ${code}:\n${log}`)));
    for (const stream of [server?.stdout, server?.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes(`https://127.0.0.1:${port}`)) resolve();
      });
    }
  });
}

test('the page has the sections that are run here, in this order', () => {
  expect(guide.sections).toEqual([
    'The control plane',
    'An administrator',
    'The roles of the pipeline',
    'The stack',
    'The first plan and apply',
    'The key in use',
    'The comparison of each night',
    'Somebody changes something by hand',
    'Set back, or kept',
  ]);
});

test('a control plane with TLS, an administrator, and roles for the jobs', async () => {
  await section('The control plane');
  await startControlPlane();
  expect(await section('An administrator')).toContain('arn:aws:iam::111122223333:user/ops');
  await writeFile(join(guide.directory, 'jwks.json'), issuer.jwks);
  const roles = await section('The roles of the pipeline');
  for (const job of ['plan', 'apply', 'drift']) expect(roles).toContain(`keys-${job}`);
});

test('the stack is planned and applied by the jobs, and its key used only as its policy says', async () => {
  await mkdir(join(guide.directory, 'stack'));
  await writeFile(join(guide.directory, 'stack/main.tf'), guide.configurations[0] ?? '');
  expect(await section('The stack')).toContain('Baseline keys:');
  const applied = await section('The first plan and apply');
  expect(applied).toMatch(/arn:aws:iam::111122223333:user\/app.*Encrypt/);
  expect(applied).toContain('Baseline keys, last accepted at');
  expect(await section('The key in use')).toMatch(/AccessDeniedException.*kms:Decrypt/);
  expect(await section('The comparison of each night')).toContain('No drift: 2 declared resources compared');
});

test('what somebody changes by hand is reported, set back or kept, and then the night is quiet', async () => {
  const reported = await section('Somebody changes something by hand');
  expect(reported).toContain('Drift: 2 differences');
  expect(reported).toContain('PROTECTION LOST');
  expect(reported).toMatch(/DisableKeyRotation\n +by +arn:aws:iam::111122223333:user\/ops/);
  const ended = await section('Set back, or kept');
  expect(ended).toContain('drift-revert.tfplan sets back 1 resource.');
  expect(ended).toContain('id = "alias/orders-old@eu-west-1"');
  expect(ended).toContain('No drift: 3 declared resources compared');
  expect(ended.trimEnd()).toMatch(/Compared with the baseline keys of \S+Z, by \S+:assumed-role\/keys-apply\/\S+\.$/);
});
