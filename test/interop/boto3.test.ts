/** The AWS SDK for Python against a running server: an envelope encryption program as its users write it. */
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { run, startServer, type TestServer } from '../support/server.ts';

needs('boto3');

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop();
});

test('boto3 makes a data key, uses it and decrypts it again, and gets refusals in the words of AWS', async () => {
  const { code, stdout, stderr } = await run('python3', [join(import.meta.dirname, 'envelope.py')], {
    env: server.env,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    cipher: expect.stringMatching(/^(AES-GCM|none)$/),
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    sameDataKey: true,
    sameMessage: true,
    keyIsListed: true,
    otherContext: { Code: 'InvalidCiphertextException', Message: '', Attempts: 1 },
    unknownKey: {
      Code: 'NotFoundException',
      Message: `Key 'arn:aws:kms:us-east-1:${server.accountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist`,
      Attempts: 1,
    },
  });
});

test('boto3 manages users, policies and roles, page by page, and reads documents and refusals', async () => {
  const { code, stdout, stderr } = await run('python3', [join(import.meta.dirname, 'identities.py')], {
    env: server.env,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    pages: [['boto-a', 'boto-b'], ['boto-c']],
    documentIsRead: true,
    trustIsRead: true,
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    tags: [{ Key: 'language', Value: 'Python 3' }],
    refusal: { Type: 'Sender', Code: 'DeleteConflict', Message: 'Cannot delete a policy attached to entities.' },
    absent: ['NoSuchEntity', 404],
  });
});
