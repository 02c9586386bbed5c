/** `deletion_protection`, with the real Terraform and control plane: nothing that a plan can do loses a protected key. */
import { jest } from '@jest/globals';
import { caller } from '../support/calls.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(240_000);

let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

const provider = 'provider "aws" {\n  region = "us-east-1"\n}\n';

const types = ['aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key', 'aws_kms_replica_external_key'] as const;
type Type = (typeof types)[number];
const place = (type: Type) => (type.includes('replica') ? 'region = "eu-west-1"' : 'multi_region = true');
const primary = (type: Type) => {
  if (!type.includes('replica')) return '';
  return `primary_key_arn = ${type === 'aws_kms_replica_key' ? 'aws_kms_key' : 'aws_kms_external_key'}.k.arn`;
};
const material = (type: Type) =>
  type.includes('external')
    ? `enabled = true\n  key_material_base64 = "${Buffer.alloc(32, 7).toString('base64')}"`
    : '';

/** One resource of each type for keys; replicas come from the primaries beside them. */
const stack = (argument: string, more: Partial<Record<Type, string>> = {}, only: readonly Type[] = types) =>
  provider +
  only
    .map(
      (type) => `resource "${type}" "k" {
  ${[place(type), primary(type), material(type), argument, more[type] ?? ''].join('\n  ')}
}
`,
    )
    .join('');

const isProtected = 'deletion_protection = true';

interface Id {
  readonly id: string;
  readonly region: string;
}

async function idOf(type: Type): Promise<Id> {
  const values = (await workspace.state()).get(`${type}.k`);
  return { id: String(values?.id), region: String(values?.region) };
}

async function setByHand(method: 'PUT' | 'DELETE', { id, region }: Id): Promise<void> {
  const { rest } = caller(server.endpoint, server.credentials, region);
  expect((await rest(method, `/v1/keys/${id}/deletion-protection`)).status).toBe(204);
}

/** Nothing of the stack is lost, and all of it is protected. */
async function expectKept(ids: readonly Id[]): Promise<void> {
  for (const { id, region } of ids) {
    const { rest } = caller(server.endpoint, server.credentials, region);
    const { json } = await rest('GET', `/v1/keys/${id}/configuration`);
    expect(json).toMatchObject({ KeyMetadata: { KeyState: 'Enabled' }, DeletionProtection: true });
  }
}

/** Terraform breaks the lines of a diagnostic. */
const flat = (text: string) => text.replace(/[│╷╵\s]+/g, ' ');
const refusals = (text: string) =>
  flat(text)
    .match(/Error: KMS [\w ]*Key \([\w-]+\) is protected from deletion/g)
    ?.sort() ?? [];

let kept: readonly Id[];

/** Terraform does not ask about a primary key whose replica was refused. */
const replicasRefused = () =>
  ['KMS Replica External Key', 'KMS Replica Key'].map(
    (title, i) => `Error: ${title} (${kept[3 - i]?.id}) is protected from deletion`,
  );

test('protects keys of every type, and the next plan is empty', async () => {
  await workspace.write(stack(isProtected));
  await workspace.apply();
  kept = await Promise.all(types.map(idOf));
  await expectKept(kept);
  expect((await workspace.plan()).code).toBe(0);
});

test('a destroy is refused at plan, with what to do', async () => {
  const { code, stderr } = await workspace.terraform('apply', '-destroy', '-auto-approve', '-no-color');
  expect([code, refusals(stderr)]).toEqual([1, replicasRefused()]);
  expect(flat(stderr)).toContain('moved block');
  expect(flat(stderr)).toContain('set deletion_protection = false in its resource and apply that alone');
  await expectKept(kept);
});

test('and without a refresh too, for the state says that the keys are protected', async () => {
  const { code, stderr } = await workspace.terraform('plan', '-destroy', '-refresh=false', '-no-color');
  expect([code, refusals(stderr)]).toEqual([1, replicasRefused()]);
});

test('a replacement is refused, also when the same change lifts the protection', async () => {
  const replacing = { aws_kms_key: 'customer_master_key_spec = "RSA_2048"' };
  for (const argument of [isProtected, 'deletion_protection = false', '']) {
    await workspace.write(stack(argument, replacing));
    const { code, stderr } = await workspace.terraform('apply', '-auto-approve', '-no-color');
    expect([code, refusals(stderr)[0]]).toEqual([1, `Error: KMS Key (${kept[0]?.id}) is protected from deletion`]);
    expect(flat(stderr)).toContain('replaces it, because customer_master_key_spec changes');
    await expectKept(kept);
  }
});

test('the removal of a resource from the configuration is refused', async () => {
  await workspace.write(stack(isProtected, {}, ['aws_kms_key', 'aws_kms_external_key']));
  const { code, stderr } = await workspace.terraform('apply', '-auto-approve', '-no-color');
  expect([code, refusals(stderr)]).toEqual([1, replicasRefused()]);
  await expectKept(kept);
});

test('a resource with another name is refused without a moved block, and kept with one', async () => {
  const renamed = stack(isProtected, {}, ['aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key']).replace(
    '"aws_kms_replica_key" "k"',
    '"aws_kms_replica_key" "renamed"',
  );
  const rest = stack(isProtected, {}, ['aws_kms_replica_external_key']).replace(provider, '');
  await workspace.write(renamed + rest);
  expect(refusals((await workspace.terraform('plan', '-no-color')).stderr)).toHaveLength(1);
  const moved = 'moved {\n  from = aws_kms_replica_key.k\n  to   = aws_kms_replica_key.renamed\n}\n';
  await workspace.write(renamed + rest + moved);
  expect((await workspace.plan()).text).toMatch(/has moved to[\s\S]*0 to add, 0 to change, 0 to destroy/);
});

test('a replacement that no plan shows to the provider is refused by the control plane', async () => {
  await workspace.write(stack(isProtected));
  const byRequest = await workspace.terraform(
    'apply',
    '-auto-approve',
    '-no-color',
    '-replace=aws_kms_key.k',
    '-target=aws_kms_key.k',
  );
  expect([byRequest.code, flat(byRequest.stderr)]).toEqual([
    1,
    expect.stringMatching(/KMSInvalidStateException: .* is protected from deletion.* set deletion_protection = false/),
  ]);
  await workspace.terraform('taint', 'aws_kms_key.k');
  const tainted = await workspace.terraform('apply', '-auto-approve', '-no-color', '-target=aws_kms_key.k');
  expect([tainted.code, flat(tainted.stderr)]).toEqual([1, expect.stringContaining('is protected from deletion')]);
  await workspace.terraform('untaint', 'aws_kms_key.k');
  await expectKept(kept);
  expect((await workspace.plan()).code).toBe(0);
});

test('a protection that was lifted by hand is shown by the plan, and set again by the apply', async () => {
  await setByHand('DELETE', await idOf('aws_kms_replica_key'));
  const { text } = await workspace.plan();
  expect(text).toMatch(/aws_kms_replica_key\.k will be updated in-place/);
  expect(text).toMatch(/~ deletion_protection\s+= false -> true/);
  expect(text).toMatch(/0 to add, 1 to change, 0 to destroy/);
  const drift = await server.keystead('drift', '--dir', workspace.directory);
  expect([drift.code, drift.stdout]).toEqual([
    2,
    expect.stringMatching(/aws_kms_replica_key\.k: deletion_protection changed\n[\s\S]*UnprotectKey/),
  ]);
  await workspace.apply();
  await expectKept(kept);
});

test('a key is imported with its protection, and the plan is empty', async () => {
  const { id } = await idOf('aws_kms_key');
  await workspace.terraform('state', 'rm', 'aws_kms_key.k');
  const { code, stderr } = await workspace.terraform('import', '-no-color', 'aws_kms_key.k', id);
  expect([code, stderr]).toEqual([0, '']);
  expect((await workspace.state()).get('aws_kms_key.k')).toMatchObject({ id, deletion_protection: true });
  expect((await workspace.plan()).code).toBe(0);
});

test('a protection lifted and applied first lets the keys go', async () => {
  await workspace.write(stack('deletion_protection = false'));
  expect(refusals((await workspace.terraform('plan', '-destroy', '-no-color')).stderr)).toEqual(replicasRefused());
  await workspace.apply();
  expect((await workspace.plan()).code).toBe(0);
  expect(await workspace.apply('-destroy')).toMatch(/4 destroyed/);
});

test('a refused replacement that creates first leaves the old key deposed, until its protection is lifted by hand', async () => {
  const creatingFirst = `lifecycle {\n    create_before_destroy = true\n  }`;
  await workspace.write(stack(isProtected, { aws_kms_key: creatingFirst }, ['aws_kms_key']));
  await workspace.apply();
  const old = await idOf('aws_kms_key');
  const { code, stderr } = await workspace.terraform('apply', '-auto-approve', '-no-color', '-replace=aws_kms_key.k');
  expect([code, flat(stderr)]).toEqual([1, expect.stringContaining('is protected from deletion')]);
  await expectKept([old, await idOf('aws_kms_key')]);
  expect(refusals((await workspace.terraform('plan', '-no-color')).stderr)).toEqual([
    `Error: KMS Key (${old.id}) is protected from deletion`,
  ]);
  await setByHand('DELETE', old);
  await workspace.apply();
  expect((await workspace.plan()).code).toBe(0);
  await workspace.write(stack('', {}, ['aws_kms_key']));
  await workspace.apply();
  await workspace.apply('-destroy');
});

describe('a key whose configuration does not have the argument', () => {
  const plain = `${provider}resource "aws_kms_key" "k" {\n}\n`;

  test('is not protected, and the argument is not in its plan', async () => {
    await workspace.write(plain);
    const { text } = await workspace.plan();
    expect(text).not.toContain('deletion_protection');
    await workspace.apply();
    expect((await workspace.state()).get('aws_kms_key.k')).toMatchObject({ deletion_protection: null });
  });

  test('and that was protected by hand, is not destroyed until a plan that shows it is applied', async () => {
    const id = await idOf('aws_kms_key');
    await setByHand('PUT', id);
    for (const refresh of ['-refresh=true', '-refresh=false']) {
      const { code, stderr } = await workspace.terraform('plan', '-destroy', '-no-color', refresh);
      expect([code, refusals(stderr)]).toEqual([1, [`Error: KMS Key (${id.id}) is protected from deletion`]]);
    }
    expect((await workspace.plan()).text).toMatch(/- deletion_protection\s+= true -> null/);
    await workspace.apply();
    await workspace.apply('-destroy');
  });

  test('and that is to be forgotten, not destroyed, can be protected', async () => {
    await workspace.write(`${provider}resource "aws_kms_key" "k" {\n  ${isProtected}\n}\n`);
    await workspace.apply();
    const id = await idOf('aws_kms_key');
    await workspace.write(`${provider}removed {\n  from = aws_kms_key.k\n  lifecycle {\n    destroy = false\n  }\n}\n`);
    expect(await workspace.apply()).toMatch(/1 to forget|0 destroyed/);
    await expectKept([id]);
  });
});
