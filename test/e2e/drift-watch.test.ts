/** `keystead drift watch` and `explain` against a running control plane. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateKeyCommand, DisableKeyCommand, KMSClient, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { runKeystead, startServer, type TestServer } from '../support/server.ts';

jest.setTimeout(60_000);

let server: TestServer;
let client: KMSClient;
let hook: Server;
const posted: { readonly text: string; readonly severity: string }[] = [];
let status = 200;
/** The server's own changes come before it. */
let start = 0;

beforeAll(async () => {
  server = await startServer();
  start = Number(/up to change (\d+)\./.exec((await server.keystead('drift', 'accept')).stdout)?.[1]);
  client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  hook = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    posted.push(JSON.parse(body));
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
});

afterAll(async () => {
  client?.destroy();
  hook?.close();
  await server?.stop();
});

const watch = (...args: string[]) =>
  runKeystead(['drift', 'watch', '--once', '--interval', '0.1', ...args], server.env);
const url = () => `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;

test('a change is told with its caller, and to a webhook as JSON with a text, and the exit code says so', async () => {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  const { code, stdout, stderr } = await watch('--after', String(start), '--webhook', url());
  expect([code, stderr]).toEqual([2, '']);
  expect(stdout).toMatch(
    /^cosmetic: CreateKey of key \S+ in us-east-1 by \S+:root at \S+Z from 127\.0\.0\.1 with \S.* \(change \d+, request /,
  );
  expect(stdout).toContain(`(change ${start + 1}, `);
  expect(stdout).toContain(KeyMetadata?.KeyId);
  expect(posted).toMatchObject([{ severity: 'cosmetic', text: stdout.trim() }]);
});

test('a change that is made while it watches is told, and no earlier one', async () => {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  const watching = watch('--json');
  let ended = false;
  void watching.finally(() => {
    ended = true;
  });
  // Made again until the watcher, which has to start first, has seen one.
  for (let index = 0; !ended; index += 1) {
    await client.send(new UpdateKeyDescriptionCommand({ KeyId: KeyMetadata?.KeyId, Description: `made ${index}` }));
    await new Promise((wake) => setTimeout(wake, 300));
  }
  const { code, stdout } = await watching;
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    severity: 'cosmetic',
    text: expect.stringContaining('UpdateKeyDescription of key'),
  });
});

test('changes of principals that are excepted are not told', async () => {
  const { stdout: made } = await server.keystead('identity', 'create-user', 'alice');
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(made)?.[1] ?? '';
  const credentials = { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
  const [root, alice] = ['root', 'user/alice'].map((name) => `arn:aws:iam::${server.accountId}:${name}`);
  const allow = (AWS?: string) => ({ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' });
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow(root), allow(alice)] });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Policy }));
  const asAlice = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  await asAlice.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  asAlice.destroy();
  const { stdout } = await watch('--after', String(start), '--except', String(root));
  expect(stdout).toMatch(new RegExp(`^use lost: DisableKey of key ${KeyMetadata?.KeyId} in us-east-1 by ${alice} at `));
});

test('a webhook that refuses is an error that says where to go on', async () => {
  status = 500;
  const { code, stderr } = await watch('--after', String(start), '--webhook', url());
  expect(code).toBe(1);
  expect(stderr).toContain(
    `did not take change ${start + 1}: status 500.\nhint: Correct --webhook, and go on with --after ${start}`,
  );
});
