import { LruMap } from '@keystead/control-plane/runtime/lru-map.ts';
import fc from 'fast-check';

test('beyond its capacity the entry unused for longest is forgotten', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
});

test('an entry that is set again has its new value, and takes no second place', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(map.size).toBe(2);
  map.set('c', 4);
  expect([map.get('a'), map.get('b')]).toEqual([3, undefined]);
});

test('entries of different sizes share the capacity', () => {
  const map = new LruMap<string, string>(10, { sizeOf: (_key, value) => value.length });
  map.set('a', '1234');
  map.set('b', '1234');
  map.set('a', '12');
  map.set('c', '1234');
  expect([...map]).toEqual([
    ['b', '1234'],
    ['a', '12'],
    ['c', '1234'],
  ]);
  map.set('d', '123456');
  expect([...map]).toEqual([
    ['c', '1234'],
    ['d', '123456'],
  ]);
  map.set('e', '12345678901');
  expect(map.size).toBe(0);
});

test('the callback gets each value that is forgotten, replaced or deleted, once', () => {
  const forgotten: number[] = [];
  const map = new LruMap<string, number>(2, { onForget: (value) => forgotten.push(value) });
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(forgotten).toEqual([1]);
  map.set('c', 4);
  expect(forgotten).toEqual([1, 2]);
  map.delete('c');
  map.delete('c');
  map.delete('never there');
  expect(forgotten).toEqual([1, 2, 4]);
  map.clear();
  expect(forgotten).toEqual([1, 2, 4, 3]);
  expect(map.size).toBe(0);
});

test('entries can be deleted during an iteration, which starts with the one unused for longest', () => {
  const map = new LruMap<string, number>(3);
  for (const [name, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const) {
    map.set(name, value);
  }
  map.get('a');
  for (const [name, value] of map) {
    if (value === 1) break;
    map.delete(name);
  }
  expect([...map]).toEqual([['a', 1]]);
});

test('an iteration leaves out what was deleted before its turn', () => {
  const map = new LruMap<string, number>(4);
  for (const name of ['a', 'b', 'c', 'd']) map.set(name, 1);
  const seen: string[] = [];
  for (const [name] of map) {
    seen.push(name);
    for (const next of ['a', 'b', 'c'].filter(() => name === 'a')) map.delete(next);
  }
  expect(seen).toEqual(['a', 'd']);
});

test('holds the same entries as a list of recent uses, after any operations', () => {
  const step = fc.tuple(fc.constantFrom('get', 'set'), fc.integer({ min: 0, max: 6 }), fc.integer());
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
      const map = new LruMap<number, number>(capacity);
      let recent: [key: number, value: number][] = [];
      for (const [what, key, value] of steps) {
        const known = recent.find(([other]) => other === key);
        if (what === 'get') expect(map.get(key)).toBe(known?.[1]);
        else map.set(key, value);
        if (what === 'set' || known) {
          const entry: [number, number] = [key, what === 'set' ? value : (known?.[1] ?? 0)];
          recent = [entry, ...recent.filter(([other]) => other !== key)].slice(0, capacity);
        }
        expect(map.size).toBe(recent.length);
      }
    }),
  );
});
