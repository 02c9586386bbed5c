/** Resources of IAM on a running control plane: what Terraform alone does not show (test/terraform has their lives). */
import type { Client } from '@keystead/provider/client/client.ts';
import { Engine } from '@keystead/provider/engine/engine.ts';
import { type ObjectValue, unknown } from '@keystead/provider/engine/value.ts';
import { provider } from '@keystead/provider/provider.ts';
import { trustPolicy } from '../../support/documents.ts';
import { ACCOUNT, type InProcessServer, startInProcess } from '../../support/in-process-server.ts';
import { pgpKey } from '../../support/pgp-key.ts';
import { Managed } from '../../support/provider/managed.ts';

let server: InProcessServer;
let engine: Engine<Client>;

beforeAll(async () => {
  server = await startInProcess();
  engine = await engineWith({});
});
afterAll(() => server?.stop());

async function engineWith(block: ObjectValue): Promise<Engine<Client>> {
  const { accessKeyId, secretAccessKey } = server.root.credentials;
  const made = new Engine<Client>(provider);
  const settings = { access_key: accessKeyId, secret_key: secretAccessKey, region: 'us-east-1', max_retries: 1 };
  const diagnostics = await made.configure({ ...settings, endpoints: [{ kms: server.endpoint }], ...block }, '1.11.4');
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return made;
}

const managed = (type: string, by = engine) => new Managed(by, type);
const trust = trustPolicy(`arn:aws:iam::${ACCOUNT}:root`);
const absent = `arn:aws:iam::${ACCOUNT}:policy/absent`;

describe('an access key', () => {
  test('with pgp_key has its secret in the state only encrypted', async () => {
    await managed('aws_iam_user').applied({ name: 'secretive' });
    const key = managed('aws_iam_access_key');
    const state = await key.applied({ user: 'secretive', pgp_key: pgpKey() });
    expect(state).toMatchObject({
      secret: null,
      ses_smtp_password_v4: null,
      encrypted_secret: expect.stringMatching(/^[\w+/]{300,}=*$/),
      key_fingerprint: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(await key.isSettled({ user: 'secretive', pgp_key: state.pgp_key ?? null })).toBe(true);
    expect(await key.destroy()).toEqual([]);
  });

  test('is not made when pgp_key cannot be used, also where that shows only at apply', async () => {
    await managed('aws_iam_user').applied({ name: 'careful' });
    const key = managed('aws_iam_access_key');
    const config = { user: 'careful', pgp_key: 'bm8=' };
    const refused = engine.validateResource('aws_iam_access_key', config, { writeOnlyAllowed: true });
    expect(refused).toMatchObject([{ severity: 'error', path: ['pgp_key'] }]);
    const { state, diagnostics } = await key.apply(config);
    expect([state, diagnostics]).toMatchObject([null, [{ severity: 'error' }]]);
    const user = managed('aws_iam_user');
    await user.import('careful');
    expect(await user.destroy()).toEqual([]);
  });

  test('plans which attributes are known to be absent', async () => {
    const key = managed('aws_iam_access_key');
    expect((await key.plan({ user: 'u' })).planned).toMatchObject({ secret: unknown, encrypted_secret: null });
    expect((await key.plan({ user: 'u', pgp_key: pgpKey() })).planned).toMatchObject({
      secret: null,
      encrypted_secret: unknown,
    });
    expect((await key.plan({ user: 'u', pgp_key: unknown })).planned).toMatchObject({
      secret: unknown,
      encrypted_secret: unknown,
    });
  });
});

describe('a failure half-way', () => {
  test('of a create leaves the role in the state, with what it has', async () => {
    const role = managed('aws_iam_role');
    const config = { name: 'half', assume_role_policy: trust, managed_policy_arns: [absent] };
    const { state, diagnostics } = await role.apply(config);
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['managed_policy_arns'] }]);
    expect(state).toMatchObject({ id: 'half', managed_policy_arns: [] });
    expect(await role.destroy()).toEqual([]);
  });

  test('of an update shows in the state what was reached', async () => {
    const role = managed('aws_iam_role');
    await role.applied({ name: 'partly', assume_role_policy: trust });
    const { state, diagnostics } = await role.apply({
      name: 'partly',
      assume_role_policy: trust,
      description: 'new',
      permissions_boundary: absent,
    });
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['permissions_boundary'] }]);
    expect(state).toMatchObject({ description: 'new', permissions_boundary: null });
  });

  test('of a rename and then a boundary keeps the new name', async () => {
    const user = managed('aws_iam_user');
    await user.applied({ name: 'before' });
    const { state, diagnostics } = await user.apply({ name: 'after', permissions_boundary: absent });
    expect(diagnostics).toMatchObject([{ severity: 'error', path: ['permissions_boundary'] }]);
    expect(state).toMatchObject({ id: 'after', name: 'after' });
    expect(await user.destroy()).toEqual([]);
  });
});

test('a role that others gave policies is deleted only with force_detach_policies', async () => {
  const role = managed('aws_iam_role');
  const attachment = managed('aws_iam_role_policy_attachment');
  const config = { name: 'attached', assume_role_policy: trust };
  await role.applied(config);
  await attachment.applied({ role: 'attached', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
  const kept = role.state;
  expect(await role.destroy()).toMatchObject([{ detail: expect.stringContaining('must detach all policies first') }]);
  role.state = kept;
  await role.applied({ ...config, force_detach_policies: true });
  expect(await role.destroy()).toEqual([]);
  await attachment.refresh();
  expect(attachment.state).toBeNull();
});

test('a role is deleted with the inline policies that a block left behind', async () => {
  const role = managed('aws_iam_role');
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'kms:List*', Resource: '*' }],
  });
  const config = { name: 'inlined', assume_role_policy: trust };
  await role.applied({ ...config, inline_policy: [{ name: 'one', policy: document }] });
  expect(await role.applied(config)).toMatchObject({ inline_policy: [] });
  expect(await role.destroy()).toEqual([]);
});

test('a user with access keys that Terraform does not know is deleted only with force_destroy', async () => {
  const user = managed('aws_iam_user');
  await user.applied({ name: 'keyed' });
  const key = managed('aws_iam_access_key');
  await key.applied({ user: 'keyed' });
  const kept = user.state;
  expect(await user.destroy()).toMatchObject([{ detail: expect.stringContaining('must delete access keys first') }]);
  user.state = kept;
  await user.applied({ name: 'keyed', force_destroy: true });
  expect(await user.destroy()).toEqual([]);
});

test('default_tags and ignore_tags of the provider count for identities too', async () => {
  const tagging = await engineWith({
    default_tags: [{ tags: { Owner: 'platform' } }],
    ignore_tags: [{ keys: ['Theirs'], key_prefixes: null }],
  });
  const user = managed('aws_iam_user', tagging);
  const config = { name: 'tagged', tags: { Team: 'a' } };
  expect(await user.applied(config)).toMatchObject({ tags: { Team: 'a' }, tags_all: { Owner: 'platform', Team: 'a' } });
  expect(await user.isSettled(config)).toBe(true);
});

test('a policy with five versions gets a sixth document: the oldest version makes room', async () => {
  const policy = managed('aws_iam_policy');
  const document = (action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
  for (const letter of 'ABCDEFG') {
    const config = { name: 'many', policy: document(`kms:${letter}*`) };
    await policy.applied(config);
    expect(await policy.isSettled(config)).toBe(true);
  }
  expect(await policy.destroy()).toEqual([]);
});

test.each([
  ['aws_iam_policy', 'p-life'],
  ['aws_iam_user_policy', 'no-colon'],
  ['aws_iam_role_policy', ':name'],
  ['aws_iam_user_policy_attachment', 'user'],
  ['aws_iam_policy_attachment', 'name'],
  ['aws_iam_group_membership', 'name'],
  ['aws_iam_openid_connect_provider', 'https://token.example.com'],
  ['aws_iam_service_linked_role', 'AWSServiceRoleForAutoScaling'],
  ['aws_iam_access_key', 'short'],
])('%s refuses the import id %s with the form that is right', async (type, id) => {
  expect(await managed(type).import(id)).toMatchObject([
    { summary: `Cannot import ${type}`, detail: expect.stringContaining(id) },
  ]);
});
