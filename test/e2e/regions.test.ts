/** `--regions`: what is refused in a server that serves some Regions only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send, signed } from '../support/calls.ts';
import { ACCOUNT, startInProcess } from '../support/in-process-server.ts';
import { asOneUser, runKeystead } from '../support/server.ts';

const KEY = 'mrk-00000000000000000000000000000001';

test('a request signed for another Region is refused, and so is a replica there; IAM and STS have no Region', async () => {
  const server = await startInProcess({ config: { regions: new Set(['us-east-1', 'eu-west-1']) } });
  const { aws } = server.root;
  const { json } = await aws('CreateKey', { MultiRegion: true });
  const { KeyId } = json.KeyMetadata as { readonly KeyId: string };
  expect((await aws('ListKeys', {}, { region: 'eu-west-1' })).status).toBe(200);
  const message = "Credential should be scoped to a valid region, not 'eu-central-1'.";
  const refused = { status: 400, code: 'InvalidSignatureException' };
  expect(await aws('ListKeys', {}, { region: 'eu-central-1' })).toMatchObject({ ...refused, message });
  expect(await aws('ReplicateKey', { KeyId, ReplicaRegion: 'eu-central-1' })).toMatchObject({
    code: 'ValidationException',
    message: 'A key in us-east-1 cannot be replicated to eu-central-1.',
  });
  expect((await aws('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' })).status).toBe(200);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const [service, body] of [
    ['iam', 'Action=ListUsers&Version=2010-05-08'],
    ['sts', 'Action=GetCallerIdentity&Version=2011-06-15'],
  ] as const) {
    const request = { method: 'POST', target: '/', headers: Object.entries(form), body };
    const signing = { credentials: server.root.credentials, region: 'eu-central-1', service };
    expect((await send(server.endpoint, signed(server.endpoint, request, signing))).status).toBe(200);
  }
  await server.stop();
});

describe('serve refuses', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keystead-regions-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const serve = (...args: string[]) =>
    runKeystead(['serve', '--listen', '127.0.0.1:0', '--data-dir', join(directory, 'data'), ...asOneUser, ...args]);

  test.each([
    [
      'a name that is not a Region',
      'us-east-1,nowhere',
      /^keystead: --regions: "nowhere" is not a Region name\.\nhint: /,
    ],
    [
      'a list without its own Region',
      'eu-west-1',
      /^keystead: --regions: us-east-1, the Region of --region, is not in/,
    ],
  ])('%s', async (_, regions, message) => {
    const { code, stderr } = await serve('--regions', regions);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('a seed file with a key in another Region', async () => {
    const file = join(directory, 'seed.json');
    await writeFile(
      file,
      JSON.stringify({ Accounts: [{ AccountId: ACCOUNT, Keys: [{ KeyId: KEY, Region: 'eu-west-1' }] }] }),
    );
    const { code, stderr } = await serve('--regions', 'us-east-1', '--seed', file);
    expect([code, stderr]).toEqual([8, expect.stringContaining('Region: eu-west-1 is not one of --regions')]);
  });
});
