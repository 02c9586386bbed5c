/** An interrupt ends `keystead drift` at once, with what it wrote until then whole or not there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../support/server.ts';

let directory: string;
let silent: Server;
const sockets: Socket[] = [];
let connected: Promise<unknown>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-interrupt-'));
  silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  connected = once(silent, 'connection');
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent?.close();
  await rm(directory, { recursive: true, force: true });
});

test('while it waits for a control plane that does not answer, with exit code 130', async () => {
  const values = { arn: 'arn:aws:kms:us-east-1:111122223333:key/1', key_id: '1', region: 'us-east-1' };
  const resources = [{ address: 'aws_kms_key.a', mode: 'managed', type: 'aws_kms_key', values }];
  await writeFile(
    join(directory, 'state.json'),
    JSON.stringify({ format_version: '1.0', values: { root_module: { resources } } }),
  );
  await writeFile(join(directory, 'report.json'), 'of the last run');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const args = ['drift', '--state', 'state.json', '--report', 'json=report.json', 'html=report.html', '--progress'];
  const child = spawn(process.execPath, [command, ...args, '--endpoint', `http://127.0.0.1:${port}`], {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: '', AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' },
  });
  const ended = once(child, 'exit');
  await connected;
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect((await readdir(directory)).sort()).toEqual(['report.json', 'state.json']);
  expect(await readFile(join(directory, 'report.json'), 'utf8')).toBe('of the last run');
});
