/** `renamedFrom` with the real Terraform and control plane: a plan of the rename changes nothing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { Key, KeysteadProvider, SecretInput } from '@keystead/constructs/cdktf';
import type { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { constructNames, everyConstruct, type Outside, surroundings } from '../constructs/every-construct.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type StackApps, stackApps } from '../support/stack-apps.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('terraform', 'openssl');

jest.setTimeout(300_000);

const region = 'eu-west-1';
let server: TestServer;
let workspace: Workspace;
let apps: StackApps;
let authority: CertificateAuthority;
let proxy: TestXksProxy;
let outside: Outside;

const proxyHost = 'xks.example.com';
const credential = {
  accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  secretAccessKey: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  proxy = await startXksProxy({ certificate: await authority.issue(proxyHost), ...credential });
  server = await startServer({
    args: ['--xks-ca-file', authority.certificateFile, '--xks-connect-to', `${proxyHost}=127.0.0.1:${proxy.port}`],
  });
  workspace = await openWorkspace(server);
  apps = stackApps(workspace);
  const made = await server.keystead('identity', 'create-user', 'alice');
  if (made.code !== 0) throw new Error(made.stderr);
  const kms = new KMSClient({ endpoint: server.endpoint, region, credentials: server.credentials });
  const keyId = String((await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId);
  kms.destroy();
  const [materialFile, secretFile] = ['material.bin', 'proxy.txt'].map((name) => join(workspace.directory, name));
  writeFileSync(String(materialFile), Buffer.alloc(32, 5));
  writeFileSync(String(secretFile), credential.secretAccessKey);
  outside = {
    keyId,
    user: `arn:aws:iam::${server.accountId}:user/alice`,
    materialFile: String(materialFile),
    proxy: {
      uriEndpoint: `https://${proxyHost}`,
      uriPath: '/kms/xks/v1',
      accessKeyId: credential.accessKeyId,
      secretAccessKey: SecretInput.fromFile(String(secretFile)),
    },
  };
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
  await proxy?.stop();
  await authority?.remove();
});

function write(declare: (stack: TerraformStack) => void): void {
  apps.write((newStack) => {
    const stack = newStack('stack');
    new KeysteadProvider(stack, 'keystead', { endpoint: server.endpoint, region });
    declare(stack);
  });
}

describe('every construct', () => {
  /** All of them, with ids of their own, below another construct if that is named. */
  const all = (id: string, renamedFrom: readonly string[] = [], below?: string) =>
    write((stack) => {
      const around = surroundings(stack, outside);
      const scope = below === undefined ? stack : new Construct(stack, below);
      for (const name of constructNames) {
        const construct = everyConstruct[name](scope, `${id}${name}`, around);
        for (const old of renamedFrom) construct.renamedFrom(`${old}${name}`);
      }
    });

  test('is applied', async () => {
    all('Old');
    await apps.apply('stack');
    expect(await apps.plan('stack')).toContain('No changes');
  });

  test('plans without changes after it was renamed', async () => {
    all('New', ['Old']);
    const said = await apps.plan('stack');
    expect(said).toContain('Plan: 0 to add, 0 to change, 0 to destroy.');
    for (const name of constructNames) {
      expect(said).toMatch(new RegExp(`\\.Old${name}_\\S+ has moved to \\S+\\.New${name}_`));
    }
    expect(await apps.apply('stack')).toContain('0 added, 0 changed, 0 destroyed');
    expect(await apps.plan('stack')).toContain('No changes');
  });

  test('and after it got another place in its stack', async () => {
    all('', ['stack/Old', 'stack/New'], 'Below');
    expect(await apps.plan('stack')).toContain('Plan: 0 to add, 0 to change, 0 to destroy.');
    await apps.apply('stack');
  });

  test('has its new path in the state once the calls are gone', async () => {
    all('', [], 'Below');
    // The alias with a generated name is made anew: its name follows the path.
    expect(await apps.apply('stack')).toMatch(/1 added, [1-9]\d* changed, 1 destroyed/);
    expect(await apps.plan('stack')).toContain('No changes');
    const paths = [...(await apps.state('stack')).values()].map(({ construct_path }) => construct_path);
    expect(paths).toContain('stack/Below/Key/Replica-us-east-1');
  });

  test('is destroyed', async () => {
    write(() => undefined);
    expect(await apps.apply('stack')).toMatch(/0 added, 0 changed, [1-9]\d* destroyed/);
  });
});

test('A protected key that was renamed twice is kept, whichever of its ids was applied last', async () => {
  for (const applied of ['first', 'second']) {
    write((stack) => new Key(stack, applied, { alias: 'orders' }));
    await apps.apply('stack');
    write((stack) => {
      const key = new Key(stack, 'third', { alias: 'orders' });
      key.renamedFrom('first');
      key.renamedFrom('second');
    });
    expect(await apps.plan('stack')).toMatch(/Plan: 0 to add, [01] to change, 0 to destroy/);
    await apps.apply('stack');
    write((stack) => new Key(stack, 'third', { alias: 'orders', removalProtection: false }));
    await apps.apply('stack');
    write(() => undefined);
    await apps.apply('stack');
  }
});
