/** What Terraform 1.11 cannot ask yet, lists and actions, with the provider's engine and a running control plane. */
import {
  CreateAliasCommand,
  CreateKeyCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { Client } from '@keystead/provider/client/client.ts';
import type { ActionEvent } from '@keystead/provider/engine/actions.ts';
import { Engine } from '@keystead/provider/engine/engine.ts';
import type { ListEvent } from '@keystead/provider/engine/listing.ts';
import { provider } from '@keystead/provider/provider.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let kms: KMSClient;
let engine: Engine<Client>;

beforeAll(async () => {
  server = await startServer();
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  engine = new Engine<Client>(provider);
  const found = await engine.configure(
    {
      access_key: server.credentials.accessKeyId,
      secret_key: server.credentials.secretAccessKey,
      region: 'us-east-1',
      endpoints: [{ kms: server.endpoint }],
    },
    '1.14.0',
  );
  expect(found).toEqual([]);
});
afterAll(async () => {
  kms?.destroy();
  await server?.stop();
});

async function list(type: string): Promise<readonly ListEvent[]> {
  const events: ListEvent[] = [];
  for await (const event of engine.list(type, { config: { region: null }, limit: 0 })) events.push(event);
  return events;
}
const identities = (events: readonly ListEvent[]) =>
  events.flatMap((event) => ('identity' in event ? [event.identity] : []));

async function createKey(input: ConstructorParameters<typeof CreateKeyCommand>[0] = {}): Promise<string> {
  return (await kms.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId ?? '';
}

test('lists every key that aws_kms_key can manage, and an import by its identity plans no change', async () => {
  const own = [await createKey(), await createKey({ Description: 'second', MultiRegion: true })];
  const KeyId = await createKey();
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
  const events = await list('aws_kms_key');
  expect(
    identities(events)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...own].sort());
  expect(events).toContainEqual({ leftOut: `${KeyId} is gone or waits for its deletion` });

  const [identity] = identities(events);
  const imported = await engine.import('aws_kms_key', { identity: identity ?? {} });
  expect(imported.diagnostics).toEqual([]);
  const { state } = await engine.read('aws_kms_key', imported.state ?? {});
  expect(events).toContainEqual(expect.objectContaining({ identity, state }));
});

test('lists the aliases of the account, not those of AWS', async () => {
  const KeyId = await createKey();
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/listed', TargetKeyId: KeyId }));
  const events = await list('aws_kms_alias');
  expect(identities(events)).toEqual([{ name: 'alias/listed', account_id: server.accountId, region: 'us-east-1' }]);
});

test('an identity of another account is refused', async () => {
  const identity = { id: await createKey(), account_id: '999999999999', region: null };
  expect((await engine.import('aws_kms_key', { identity })).diagnostics).toMatchObject([
    { severity: 'error', summary: 'The identity belongs to another account' },
  ]);
});

test('the action aws_kms_rotate_key rotates a key on demand', async () => {
  const KeyId = await createKey();
  const events: ActionEvent[] = [];
  for await (const event of engine.invoke('aws_kms_rotate_key', { key_id: KeyId, region: null })) events.push(event);
  expect(events.at(-1)).toEqual({ completed: [] });
  const { Rotations } = await kms.send(new ListKeyRotationsCommand({ KeyId }));
  expect(Rotations).toMatchObject([{ RotationType: 'ON_DEMAND' }]);
});
