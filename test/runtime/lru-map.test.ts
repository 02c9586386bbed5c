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

test('holds what a list of recent uses holds, whatever is asked', () => {
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
