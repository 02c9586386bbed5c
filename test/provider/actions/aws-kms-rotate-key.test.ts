/** Actions through the engine, against a REST door. */
import type { ActionEvent } from '@keystead/provider/engine/actions.ts';
import type { ObjectValue } from '@keystead/provider/engine/value.ts';
import * as records from '@keystead/provider-schema/actions/index.ts';
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let key: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  key = new Managed(await configured(door), 'aws_kms_key');
  await key.applied({});
  door.forget();
});
afterEach(() => door.close());

async function invoke(config: ObjectValue): Promise<readonly ActionEvent[]> {
  const events: ActionEvent[] = [];
  for await (const event of key.engine.invoke('aws_kms_rotate_key', { region: null, ...config })) events.push(event);
  return events;
}

test('are records of kind action, under their names', () => {
  for (const [name, record] of Object.entries(records)) expect([record.type, record.kind]).toEqual([name, 'action']);
});

test.each([
  ['id', () => key.id],
  ['ARN', () => key.text('arn')],
])('aws_kms_rotate_key rotates a key by its %s, once', async (_form, reference) => {
  const events = await invoke({ key_id: reference() });
  expect(door.inputs('RotateKeyOnDemand')).toEqual([{ KeyId: key.id }]);
  expect(events).toEqual([{ progress: `KMS Key ${key.id} has new key material in us-east-1.` }, { completed: [] }]);
});

test('aws_kms_rotate_key reports a refusal at key_id', async () => {
  door.refuse('RotateKeyOnDemand', { status: 400, code: 'LimitExceededException', detail: 'too often' });
  expect(await invoke({ key_id: key.id })).toMatchObject([
    { completed: [{ severity: 'error', path: ['key_id'], detail: expect.stringContaining('too often') }] },
  ]);
});

test('aws_kms_rotate_key refuses an alias when it is validated', () => {
  expect(key.engine.validateAction('aws_kms_rotate_key', { key_id: 'alias/a', region: null })).toMatchObject([
    { path: ['key_id'] },
  ]);
});
