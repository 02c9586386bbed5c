/**
 * The example of a custom key store, by the commands of its README, with a proxy of our own. The control plane runs in this
 * process, so that the week in which its keys wait for their deletion can pass.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { live } from '../support/example-life.ts';
import { type ExampleRuns, openExampleRuns, readExample } from '../support/example-runs.ts';
import { ACCOUNT, type InProcessServer, startInProcess } from '../support/in-process-server.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { sectionsOf } from '../support/readme-commands.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('terraform', 'aws', 'openssl');

jest.setTimeout(300_000);

const host = 'xks.example.com';
const credential = {
  accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  secretAccessKey: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};
const eightDaysInMs = 8 * 24 * 60 * 60 * 1000;

const aws = awsCommandLine();
let aheadInMs = 0;
let authority: CertificateAuthority;
let proxy: TestXksProxy;
let server: InProcessServer;
let runs: ExampleRuns;

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  proxy = await startXksProxy({ certificate: await authority.issue(host), ...credential });
  for (const id of ['first', 'second']) proxy.addKey(id);
  server = await startInProcess({
    clock: { now: () => Date.now() + aheadInMs },
    config: {
      jobIntervalInSeconds: 1,
      keyStores: {
        xksCaFile: authority.certificateFile,
        xksConnectTo: `${host}=127.0.0.1:${proxy.port}`,
        xksTimeoutInMs: 20_000,
      },
    },
  });
  runs = await openExampleRuns(aws, { endpoint: server.endpoint, credentials: server.root.credentials });
});
afterAll(async () => {
  await runs?.stop();
  await server?.stop();
  await proxy?.stop();
  await authority?.remove();
});

/** Until the jobs have deleted the keys. The clients' clocks stay as they are, so nobody calls meanwhile. */
async function passTheWeek(): Promise<void> {
  const keys = () => server.engines.store.countKeys(ACCOUNT, 'eu-west-1', 10);
  expect(await keys()).toBe(2);
  aheadInMs = eightDaysInMs;
  for (let attempts = 0; attempts < 100 && (await keys()) > 0; attempts++) await sleep(100);
  expect(await keys()).toBe(0);
  aheadInMs = 0;
}

test('custom-key-store is applied as planned, used, changed and destroyed, as its README says', async () => {
  const name = 'custom-key-store';
  const last = sectionsOf(readExample(name, 'README.md')).get('Destroy it')?.at(-1)?.commands;
  const env = {
    XKS_ENDPOINT: `https://${host}`,
    XKS_ACCESS_KEY_ID: credential.accessKeyId,
    TF_VAR_xks_secret: credential.secretAccessKey,
  };
  await live(name, runs.open(name, env), {
    beforeDestroying: async ({ commands }) => {
      if (commands === last) await passTheWeek();
    },
  });
});
