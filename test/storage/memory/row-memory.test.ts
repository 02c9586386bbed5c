/** What is kept, and for how long: never past a write that touches it, and never more than the capacity. */
import { RowMemory } from '@keystead/control-plane/storage/memory/row-memory.ts';

const KIB = 1024;
const answer = (text = 'answer') => ({ text });

/** Looks up as the reader does. @returns the answer, and whether it came from memory */
async function find(memory: RowMemory, name: string, madeOf: readonly string[] = [name], found = answer()) {
  const known = memory.get(name);
  return {
    wasKept: known !== undefined,
    answer:
      known ??
      (await memory.lookUp(
        name,
        async () => found,
        () => madeOf,
      )),
  };
}

test('an answer is kept, and the same object is returned again', async () => {
  const memory = new RowMemory(KIB);
  const first = await find(memory, 'key 1');
  const second = await find(memory, 'key 1', ['key 1'], answer('another'));
  expect([first.wasKept, second.wasKept]).toEqual([false, true]);
  expect(second.answer).toBe(first.answer);
  expect(memory.counts).toEqual(expect.objectContaining({ hits: 1, misses: 1, evictions: 0, answers: 1 }));
});

test('that nothing was found is not kept', async () => {
  const memory = new RowMemory(KIB);
  await memory.lookUp(
    'key 1',
    async () => undefined,
    () => ['key 1'],
  );
  expect(memory.get('key 1')).toBeUndefined();
});

test('a write makes forgotten what is made of its rows, and nothing else', async () => {
  const memory = new RowMemory(64 * KIB);
  await find(memory, 'access key', ['access key', 'user', 'account']);
  await find(memory, 'user', ['user', 'account']);
  await find(memory, 'key');
  memory.begin(['user'])(true);
  expect(memory.get('access key')).toBeUndefined();
  expect(memory.get('user')).toBeUndefined();
  expect(memory.get('key')).toBeDefined();
});

test('while a write is under way nothing of its rows is kept, and again when all of them have ended', async () => {
  const memory = new RowMemory(64 * KIB);
  const [first, second] = [memory.begin(['key 1']), memory.begin(['key 1'])];
  await find(memory, 'key 1');
  await find(memory, 'key 2');
  expect([memory.get('key 1'), memory.get('key 2')]).toEqual([undefined, answer()]);
  first(true);
  await find(memory, 'key 1');
  expect(memory.get('key 1')).toBeUndefined();
  second(true);
  await find(memory, 'key 1');
  expect(memory.get('key 1')).toEqual(answer());
});

test('a look-up that a write overlaps keeps nothing, because it may have read what the write replaced', async () => {
  const memory = new RowMemory(KIB);
  const { promise: reading, resolve: hasRead } = Promise.withResolvers<object>();
  const lookUp = memory.lookUp(
    'key 1',
    () => reading,
    () => ['key 1'],
  );
  memory.begin(['key 1'])(true);
  hasRead(answer('old'));
  expect(await lookUp).toEqual(answer('old'));
  expect(memory.get('key 1')).toBeUndefined();
});

test('a write that does not say which rows it touches makes everything forgotten, and nothing is kept meanwhile', async () => {
  const memory = new RowMemory(KIB);
  await find(memory, 'key 1');
  const end = memory.begin(undefined);
  await find(memory, 'key 2');
  expect([memory.get('key 1'), memory.get('key 2')]).toEqual([undefined, undefined]);
  end(true);
  await find(memory, 'key 2');
  expect(memory.get('key 2')).toEqual(answer());
});

test('after a write whose outcome is unknown nothing is kept until another write has ended well', async () => {
  const memory = new RowMemory(64 * KIB);
  await find(memory, 'key 1');
  memory.begin(['key 2'])(false);
  await find(memory, 'key 1');
  expect(memory.get('key 1')).toBeUndefined();
  memory.begin([])(true); // an audit record alone
  await find(memory, 'key 1');
  expect(memory.get('key 1')).toEqual(answer());
});

test('what was unused for longest is forgotten first, and the size stays within the capacity', async () => {
  const memory = new RowMemory(64 * KIB);
  const large = answer('x'.repeat(10 * KIB));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await find(memory, name, [name], large);
  await find(memory, 'a');
  await find(memory, 'g', ['g'], large);
  await find(memory, 'h', ['h'], large);
  expect(memory.get('a')).toBeDefined();
  expect([memory.get('b'), memory.get('c')]).toEqual([undefined, undefined]);
  const { evictions, answers, sizeInBytes } = memory.counts;
  expect([evictions, answers]).toEqual([2, 6]);
  expect(sizeInBytes).toBeGreaterThan(60 * KIB);
  expect(sizeInBytes).toBeLessThanOrEqual(64 * KIB);
});

test('of two look-ups at once the later answer is kept, and none counts as forgotten for want of room', async () => {
  const memory = new RowMemory(64 * KIB);
  await Promise.all([find(memory, 'key 1'), find(memory, 'key 1', ['key 1'], answer('later'))]);
  expect(memory.get('key 1')).toEqual(answer('later'));
  expect(memory.counts).toEqual(expect.objectContaining({ answers: 1, evictions: 0 }));
  memory.begin(['key 1'])(true);
  expect(memory.get('key 1')).toBeUndefined();
  expect(memory.counts.sizeInBytes).toBe(0);
});

test('when everything is forgotten the memory is empty', async () => {
  const memory = new RowMemory(KIB);
  await find(memory, 'key 1', ['key 1', 'account']);
  memory.begin(['account'])(true);
  expect(memory.counts).toEqual({ hits: 0, misses: 1, evictions: 0, answers: 0, sizeInBytes: 0 });
});
