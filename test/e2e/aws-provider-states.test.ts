/**
 * States that the AWS provider wrote, taken over by ours: the first plan is empty for every type, refreshed or not. The
 * recorded ones are compared with those that the genuine provider writes now, where it is installed;
 * KEYSTEAD_RECORD=1 writes them again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { describeWithGenuine } from '../support/genuine-provider.ts';
import { genuineProviderBlock, openGenuineWorkspace } from '../support/genuine-workspace.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';
import {
  type Recorded,
  recordedFile,
  recordedOf,
  recordedText,
  resources,
  type StateFile,
  withRecorded,
} from '../support/upstream-states.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('terraform', 'openssl');

jest.setTimeout(600_000);

const proxySettings = {
  host: 'proxy.example.test',
  accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  secret: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};

let authority: CertificateAuthority;
let proxy: TestXksProxy;

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  proxy = await startXksProxy({
    certificate: await authority.issue(proxySettings.host),
    accessKeyId: proxySettings.accessKeyId,
    secretAccessKey: proxySettings.secret,
    maxSkewMs: 3_600_000,
  });
});
afterAll(async () => {
  await proxy?.stop();
  await authority?.remove();
});

/** A server of its own, so that names are free. */
function start(): Promise<TestServer> {
  return startServer({
    args: Object.entries({
      '--xks-ca-file': authority.certificateFile,
      '--xks-connect-to': `${proxySettings.host}=127.0.0.1:${proxy.port}`,
      '--xks-timeout': '20000',
    }).flat(),
  });
}

const providers =
  'provider "aws" {\n  region = "us-east-1"\n}\nprovider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n';
const genuineProviders =
  genuineProviderBlock() + genuineProviderBlock('alias = "west"').replace('"us-east-1"', '"us-west-2"');

const readState = async (directory: string): Promise<StateFile> =>
  JSON.parse(await readFile(join(directory, 'terraform.tfstate'), 'utf8'));

async function expectEmptyPlans(workspace: Workspace): Promise<void> {
  for (const options of [['-refresh=false'], []]) {
    const { code, text } = await workspace.plan(...options);
    expect([options, code, code === 0 ? '' : text]).toEqual([options, 0, '']);
  }
}

const isOwn = (name: string) =>
  /^(adopt_pending_deletion|construct_path|deletion_protection|grantee_service_principal|retiring_service_principal|rotation_triggers|source_arn|.*_wo|.*_wo_version)$/.test(
    name,
  );

/** Without arguments of ours alone, at any depth. */
function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== 'object' || value === null) return value;
  const others = Object.entries(value).filter(([name]) => !isOwn(name));
  return Object.fromEntries(others.map(([name, inner]) => [name, withoutOwn(inner)]));
}

/** What upstream 6.x has beside the attributes of 5.x. */
function asWrittenBy6(recorded: Recorded): Recorded {
  return Object.fromEntries(
    Object.entries(recorded).map(([address, attributes]) => [
      address,
      {
        ...attributes,
        region: address.endsWith('.west') ? 'us-west-2' : 'us-east-1',
        ...(address.startsWith('aws_kms_external_key') && { key_spec: 'SYMMETRIC_DEFAULT' }),
      },
    ]),
  );
}

describe('with the objects of our provider', () => {
  let server: TestServer;
  let workspace: Workspace;
  let own: StateFile;

  beforeAll(async () => {
    server = await start();
    workspace = await openWorkspace(server);
    await workspace.write(providers + resources(proxySettings, server.accountId));
    await workspace.apply();
    own = await readState(workspace.directory);
  });
  afterAll(async () => {
    await workspace?.dispose();
    await server?.stop();
  });

  test('our state is the one that the AWS provider writes, with the Region beside it', () => {
    const recorded = JSON.parse(recordedText()) as Recorded;
    const ours = recordedOf(own);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(recorded).sort());
    for (const [address, attributes] of Object.entries(ours)) {
      // Policies are kept as configured here, and printed anew there. Arguments of ours alone are not set.
      const comparable = ({ policy, ...others }: Readonly<Record<string, unknown>>) => ({
        ...(withoutOwn(others) as object),
        ...(typeof policy === 'string' && { policy: JSON.parse(policy) }),
      });
      const upstream = asWrittenBy6({ [address]: recorded[address] ?? {} })[address] ?? {};
      expect([address, comparable(attributes)]).toEqual([address, comparable(upstream)]);
    }
  });

  test.each([
    ['5.100', (recorded: Recorded) => recorded],
    ['6.x', asWrittenBy6],
  ])('a state written by the AWS provider %s plans empty', async (_, form) => {
    const state = withRecorded(own, form(JSON.parse(recordedText())));
    await writeFile(join(workspace.directory, 'terraform.tfstate'), JSON.stringify(state));
    await expectEmptyPlans(workspace);
  });

  test('a grant with an empty map of constraints is not replaced, nor is one with an empty block', async () => {
    await writeFile(join(workspace.directory, 'terraform.tfstate'), JSON.stringify(own));
    const grant = (name: string, constraints: string) => `
resource "aws_kms_grant" "${name}" {
  key_id            = aws_kms_key.plain.key_id
  grantee_principal = "arn:aws:iam::${server.accountId}:root"
  operations        = ["Decrypt"]
  constraints {
    ${constraints}
  }
}
`;
    await workspace.write(
      providers +
        resources(proxySettings, server.accountId) +
        grant('beside', 'encryption_context_equals = {}\n    encryption_context_subset = { a = "b", c = null }') +
        grant('map', 'encryption_context_equals = {}') +
        grant('block', ''),
    );
    await workspace.apply();
    await expectEmptyPlans(workspace);
  });
});

describeWithGenuine('with the genuine AWS provider', (genuine) => {
  test('its state is the recorded one, and after replace-provider ours plans empty', async () => {
    const server = await start();
    const theirs = await openGenuineWorkspace(server, genuine);
    const ours = await openWorkspace(server);
    try {
      const body = resources(proxySettings, server.accountId);
      await theirs.write(genuineProviders + body);
      await theirs.must('apply', '-auto-approve');
      const state = await readState(theirs.directory);
      const text = `${JSON.stringify(recordedOf(state), undefined, 2)}\n`;
      if (process.env.KEYSTEAD_RECORD === '1') await writeFile(recordedFile, text);
      expect(JSON.parse(text)).toEqual(JSON.parse(recordedText()));

      await ours.write(providers + body);
      await writeFile(join(ours.directory, 'terraform.tfstate'), JSON.stringify(state));
      const replaced = await ours.terraform(
        'state',
        'replace-provider',
        '-auto-approve',
        'registry.terraform.io/hashicorp/aws',
        'registry.terraform.io/keystead/aws',
      );
      expect([replaced.code, replaced.stderr]).toEqual([0, '']);
      expect(await ours.plan()).toMatchObject({ code: 0 });
      // Without a refresh Terraform takes it for a change that secrets are sensitive from now on.
      await ours.apply('-refresh=false', '-target=aws_kms_custom_key_store.proxy');
      await expectEmptyPlans(ours);
    } finally {
      await ours.dispose();
      await theirs.dispose();
      await server.stop();
    }
  });
});
