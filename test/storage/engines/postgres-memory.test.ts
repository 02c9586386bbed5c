/** How a node learns what other nodes touched: one read for many callers, and everything forgotten where it has a gap. */
import { TouchFollower } from '@keystead/control-plane/storage/engines/postgres-memory.ts';
import { RowMemory } from '@keystead/control-plane/storage/memory/row-memory.ts';
import { StoreUnavailable } from '@keystead/control-plane/storage/port/store.ts';
import type { RunQuery } from '@keystead/control-plane/storage/queries/prepared.ts';
import type { HeadAndTouch } from '@keystead/control-plane/storage/queries/touches.ts';

const none = { number: null, rowNames: null, lastSequence: null, changes: null };

/** A database with these touches; `wait` holds a read after its snapshot, `fail` makes the next one fail. */
function fixture() {
  const memory = new RowMemory(64 * 1024);
  const touches: { number: number; rowNames: string | null; lastSequence: number; changes: number }[] = [];
  const head = { headTouch: 0, headSequence: 0 };
  const control = { reads: 0, fail: 0, wait: Promise.resolve() };
  const run = async ({ parameters }: { readonly parameters: readonly unknown[] }): Promise<readonly HeadAndTouch[]> => {
    control.reads += 1;
    if (control.fail > 0) {
      control.fail -= 1;
      throw new StoreUnavailable('the connection was lost');
    }
    const after = Number(parameters[0]);
    const found = touches.filter(({ number }) => number > after).map((touch) => ({ ...head, ...touch }));
    const rows = found.length > 0 ? found : [{ ...head, ...none }];
    await control.wait;
    return rows;
  };
  const touch = (rows: readonly string[] | undefined, changes = 1) => {
    head.headTouch += 1;
    head.headSequence += changes;
    const rowNames = rows === undefined ? null : JSON.stringify(rows);
    touches.push({ number: head.headTouch, rowNames, lastSequence: head.headSequence, changes });
  };
  const keep = (...names: readonly string[]) =>
    Promise.all(
      names.map((name) =>
        memory.lookUp(
          name,
          async () => ({ name }),
          () => [name],
        ),
      ),
    );
  const kept = (...names: readonly string[]) => names.filter((name) => memory.get(name) !== undefined);
  return { control, touch, touches, head, keep, kept, follower: new TouchFollower(memory, run as unknown as RunQuery) };
}

test('what another node touched is forgotten, and nothing else', async () => {
  const { follower, touch, keep, kept } = fixture();
  touch(['long ago']);
  await follower.catchUp();
  await keep('key 1', 'key 2');
  touch(['key 1'], 3);
  touch([], 1);
  expect(kept('key 1', 'key 2')).toEqual(['key 1', 'key 2']);
  await follower.catchUp();
  expect(kept('key 1', 'key 2')).toEqual(['key 2']);
  touch(undefined, 0);
  await follower.catchUp();
  expect(kept('key 2')).toEqual([]);
});

test('callers that come while a read is under way share the next one, which is sent after they came', async () => {
  const { follower, control, touch, keep, kept } = fixture();
  await follower.catchUp();
  await keep('key 1');
  const { promise, resolve } = Promise.withResolvers<void>();
  control.wait = promise;
  const first = follower.catchUp();
  // Committed after the snapshot of the read that is under way.
  touch(['key 1']);
  const others = [follower.catchUp(), follower.catchUp(), follower.catchUp()];
  resolve();
  await first;
  expect(kept('key 1')).toEqual(['key 1']);
  await Promise.all(others);
  expect(kept('key 1')).toEqual([]);
  expect(control.reads).toBe(3);
});

test('everything is forgotten where touches were removed before they were read, or there are too many', async () => {
  const { follower, touch, touches, keep, kept } = fixture();
  await follower.catchUp();
  await keep('key 1');
  touch(['key 8']);
  touch(['key 9']);
  touches.shift();
  await follower.catchUp();
  expect(kept('key 1')).toEqual([]);
  await keep('key 1');
  touch(['key 8']);
  touches.pop();
  await follower.catchUp();
  expect(kept('key 1')).toEqual([]);
  await keep('key 1');
  touch(['key 8']);
  await follower.catchUp();
  expect(kept('key 1')).toEqual(['key 1']);
});

test('everything is forgotten after changes of a server that does not write touches', async () => {
  const { follower, head, touch, keep, kept } = fixture();
  await follower.catchUp();
  await keep('key 1');
  head.headSequence += 1;
  await follower.catchUp();
  expect(kept('key 1')).toEqual([]);
  await keep('key 1');
  head.headSequence += 1;
  touch(['key 2']);
  await follower.catchUp();
  expect(kept('key 1')).toEqual([]);
});

test('a database that went back, as after the loss of its primary, makes everything forgotten', async () => {
  const { follower, head, touch, keep, kept } = fixture();
  for (let count = 0; count < 3; count += 1) touch([]);
  await follower.catchUp();
  await keep('key 1');
  Object.assign(head, { headTouch: 1, headSequence: 1 });
  await follower.catchUp();
  expect(kept('key 1')).toEqual([]);
});

test('a lost connection makes everything forgotten and is tried once more; a second failure is the caller’s', async () => {
  const { follower, control, keep, kept } = fixture();
  await follower.catchUp();
  await keep('key 1');
  control.fail = 1;
  await follower.catchUp();
  expect(kept('key 1')).toEqual([]);
  control.fail = 2;
  await expect(follower.catchUp()).rejects.toThrow(StoreUnavailable);
  await follower.catchUp();
});
