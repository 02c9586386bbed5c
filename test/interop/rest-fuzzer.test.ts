/** An outside fuzzer over the served OpenAPI document, with thousands of signed requests; `make interop`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { describeAtLength } from '../support/at-length.ts';
import { needs } from '../support/needs.ts';
import { root, run, startServer, type TestServer } from '../support/server.ts';

needs('python');
jest.setTimeout(3_600_000);

const SEED = '20260101';
const EXAMPLES = process.env.KEYSTEAD_FUZZ_EXAMPLES ?? '20';

describeAtLength(
  'schemathesis over every operation',
  () => {
    let server: TestServer;
    let directory: string;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'keystead-fuzzer-'));
      server = await startServer({ args: ['--quotas', 'off'], env: { KEYSTEAD_LOG_LEVEL: 'error' } });
      const requirements = join(root, 'scripts/python/interop/requirements.txt');
      await succeeds('python3', ['-m', 'venv', join(directory, 'venv')]);
      await succeeds(join(directory, 'venv/bin/pip'), ['install', '--quiet', '--require-hashes', '-r', requirements]);
    });
    afterAll(async () => {
      await server?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    test('finds no disagreement between the document and the server', async () => {
      const { code, stdout } = await run(
        join(directory, 'venv/bin/schemathesis'),
        [
          ...['--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run'],
          ...[`${server.endpoint}/v1/openapi.json`, '--no-color', '--continue-on-failure', '--no-shrink'],
          ...['--seed', SEED, '--max-examples', EXAMPLES],
        ],
        {
          cwd: directory,
          env: { ...server.env, SCHEMATHESIS_HOOKS: 'rest_signatures', PYTHONPATH: import.meta.dirname },
        },
      );
      const report = stdout.slice(stdout.lastIndexOf('= SUMMARY ='));
      expect({ code, report: code === 0 ? '' : stdout.slice(-20_000) }).toEqual({ code: 0, report: '' });
      expect(Number(/(\d+) generated/.exec(report)?.[1])).toBeGreaterThan(4000);
      expect(server.log()).toBe('');
    });

    async function succeeds(file: string, args: readonly string[]): Promise<void> {
      const { code, stdout, stderr } = await run(file, args);
      expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' });
    }
  },
  'make interop',
);
