/**
 * The table of resource types with OpenTofu, where it is on the machine: `make test` takes a selection,
 * `make test-terraform` all. And what only OpenTofu has, as docs/guide/terraform.md shows it: states and plans that a key
 * of ours encrypts, and one provider for several Regions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { describeWithOpenTofu } from '../support/opentofu.ts';
import { root, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';
import { selectedCases } from './cases/index.ts';
import { declareTable } from './lifecycle.ts';

jest.setTimeout(600_000);

/** The block of the guide that contains this. */
function blockOfGuide(part: string): string {
  const guide = readFileSync(join(root, 'docs/guide/terraform.md'), 'utf8');
  const found = guide.split('```').find((block) => block.startsWith('hcl\n') && block.includes(part));
  if (found === undefined) throw new Error(`docs/guide/terraform.md has no HCL block with ${part}`);
  return found.slice('hcl\n'.length);
}

describeWithOpenTofu('resource types with OpenTofu', () => declareTable('tofu', selectedCases()));

describeWithOpenTofu('what only OpenTofu has', () => {
  let server: TestServer;
  let kms: KMSClient;
  let workspace: Workspace;

  beforeAll(async () => {
    server = await startServer();
    kms = new KMSClient({ endpoint: server.endpoint, region: 'eu-west-1', credentials: server.credentials });
  });
  beforeEach(async () => {
    workspace = await openWorkspace(server, {}, 'tofu');
  });
  afterEach(() => workspace.dispose());
  afterAll(async () => {
    kms?.destroy();
    await server?.stop();
  });

  test('a key of ours encrypts state and plan, and who disables it makes them unreadable', async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const key = { KeyId: KeyMetadata?.KeyId ?? '' };
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/opentofu', TargetKeyId: key.KeyId }));
    await workspace.write(`${blockOfGuide('key_provider "aws_kms"')}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_kms_ciphertext" "secret" {
  key_id    = "alias/opentofu"
  plaintext = "a-secret-in-the-state"
}
`);
    await workspace.plan('-out=encrypted.plan');
    await workspace.apply('encrypted.plan');
    expect(await workspace.plan()).toMatchObject({ code: 0 });
    const state = JSON.parse(readFileSync(join(workspace.directory, 'terraform.tfstate'), 'utf8'));
    expect(Object.keys(state)).toEqual(expect.arrayContaining(['encrypted_data', 'encryption_version', 'meta']));
    expect(state).not.toHaveProperty('resources');
    for (const file of ['terraform.tfstate', 'encrypted.plan']) {
      const bytes = readFileSync(join(workspace.directory, file));
      expect([file, bytes.includes('aws_kms_ciphertext'), bytes.includes('PK\x03\x04')]).toEqual([file, false, false]);
    }

    await kms.send(new DisableKeyCommand(key));
    const refused = await workspace.terraform('plan', '-no-color');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('DisabledException')]);
    await kms.send(new EnableKeyCommand(key));
    expect(await workspace.plan()).toMatchObject({ code: 0 });
    await workspace.terraform('destroy', '-auto-approve', '-no-color');
  });

  test('one provider block with for_each serves several Regions', async () => {
    await workspace.write(blockOfGuide('for_each = local.regions\n  region'));
    expect(await workspace.apply()).toContain('2 added');
    expect(await workspace.plan()).toMatchObject({ code: 0 });
    const arns = [...(await workspace.state()).values()].map(({ arn }) => String(arn).split(':')[3]);
    expect(arns.sort()).toEqual(['eu-west-1', 'us-east-1']);
    const { Keys } = await kms.send(new ListKeysCommand({}));
    expect(Keys).toHaveLength(2);
    expect(await workspace.terraform('destroy', '-auto-approve', '-no-color')).toMatchObject({ code: 0 });
  });
});
