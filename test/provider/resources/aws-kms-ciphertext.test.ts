/** aws_kms_ciphertext through the engine, against a REST door. */
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let ciphertext: Managed;
let keyId: string;

beforeEach(async () => {
  door = await RestDoor.open();
  const engine = await configured(door);
  ciphertext = new Managed(engine, 'aws_kms_ciphertext');
  keyId = String((await new Managed(engine, 'aws_kms_key').applied({})).id);
  door.forget();
});
afterEach(() => door.close());

const inBase64 = (text: string) => Buffer.from(text).toString('base64');

test('encrypts once, and later plans, reads and its end make no call', async () => {
  const config = { key_id: keyId, plaintext: 'a secret', context: { app: 'orders' } };
  const state = await ciphertext.applied(config);
  expect(door.inputs('Encrypt')).toEqual([
    { KeyId: keyId, Plaintext: inBase64('a secret'), EncryptionContext: { app: 'orders' } },
  ]);
  expect(state).toMatchObject({ ...config, region: 'us-east-1', ciphertext_blob: expect.stringMatching(/=*$/) });
  expect(state.id).toMatch(/^20\d\d-/);
  await ciphertext.refresh();
  expect(await ciphertext.isSettled(config)).toBe(true);
  expect(await ciphertext.destroy()).toEqual([]);
  expect(door.calls()).toEqual(['Encrypt']);
});

test('does not send an empty context', async () => {
  await ciphertext.applied({ key_id: keyId, plaintext: 'a secret', context: {} });
  expect(door.inputs('Encrypt')).toEqual([{ KeyId: keyId, Plaintext: inBase64('a secret') }]);
});

test('of a write-only plaintext stores the version alone, and is replaced by another version, not by another plaintext', async () => {
  const config = { key_id: keyId, plaintext_wo: 'a secret', plaintext_wo_version: '1' };
  const { plan, state } = await ciphertext.apply(config);
  expect(door.inputs('Encrypt')).toEqual([{ KeyId: keyId, Plaintext: inBase64('a secret') }]);
  for (const object of [plan.planned, state]) {
    expect(object).toMatchObject({ plaintext: null, plaintext_wo: null, plaintext_wo_version: '1' });
  }
  expect((await ciphertext.plan({ ...config, plaintext_wo: 'another' })).planned).toEqual(state);
  expect((await ciphertext.plan({ ...config, plaintext_wo_version: '2' })).requiresReplace).toEqual([
    ['plaintext_wo_version'],
  ]);
});

test.each([
  ['key_id', { key_id: 'alias/other' }],
  ['plaintext', { plaintext: 'another' }],
  ['context', { context: { app: 'other' } }],
  ['region', { region: 'eu-west-1' }],
])('is replaced when %s changes', async (name, change) => {
  const config = { key_id: keyId, plaintext: 'a secret' };
  await ciphertext.applied(config);
  expect((await ciphertext.plan({ ...config, ...change })).requiresReplace).toEqual([[name]]);
});

test.each([
  ['neither', {}, 'One of plaintext, plaintext_wo must be set.', 'plaintext'],
  [
    'both',
    { plaintext: 'a', plaintext_wo: 'b', plaintext_wo_version: '1' },
    'Only one of plaintext, plaintext_wo can be set. Remove the others.',
    'plaintext',
  ],
  [
    'a plaintext_wo without its version',
    { plaintext_wo: 'b' },
    'plaintext_wo can only be set together with plaintext_wo_version. Set both or none.',
    'plaintext_wo',
  ],
  [
    'a version without its plaintext_wo',
    { plaintext: 'a', plaintext_wo_version: '1' },
    'plaintext_wo_version can only be set together with plaintext_wo. Set both or none.',
    'plaintext_wo_version',
  ],
])('with %s is refused at its path', (_what, config, detail, path) => {
  const whole = { key_id: keyId, ...config };
  expect(ciphertext.engine.validateResource('aws_kms_ciphertext', whole, { writeOnlyAllowed: true })).toEqual([
    expect.objectContaining({ severity: 'error', detail, path: [path] }),
  ]);
});

test('under a key that does not exist fails at key_id and leaves nothing in the state', async () => {
  const { state, diagnostics } = await ciphertext.apply({ key_id: 'alias/none', plaintext: 'a secret' });
  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ path: ['key_id'], detail: expect.stringContaining('NotFoundException') }]);
  expect(JSON.stringify(diagnostics)).not.toContain('a secret');
});

test('cannot be imported, and says so', async () => {
  expect(await ciphertext.import('x')).toMatchObject([
    { severity: 'error', detail: 'Resources of this type cannot be imported.' },
  ]);
});
