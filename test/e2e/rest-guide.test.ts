/** docs/guide/rest.md, as its reader follows it. */
import { type GuideRun, openGuideRun } from '../support/guide-run.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

needs('curl');

let server: TestServer;
let guide: GuideRun;

beforeAll(async () => {
  server = await startServer();
  guide = await openGuideRun('docs/guide/rest.md', server);
});

afterAll(async () => {
  await guide?.dispose();
  await server?.stop();
});

test('curl creates a key, encrypts and decrypts', async () => {
  const { code, stdout, stderr } = await guide.section('Create a key and encrypt');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ Plaintext: 'aGVsbG8=' });
});

test('every section with commands is run, here or by make interop', () => {
  expect(guide.sections).toEqual(['Create a key and encrypt', 'Generate a client']);
});
