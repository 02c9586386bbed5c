/** The planning and reading tables of `tags` and `tags_all`. */
import type { TagSettings } from '@keystead/provider/client/settings.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { planTagsAll, readTags, tagChanges, tagsToCreate } from '@keystead/provider/resources/shared/tags.ts';

function settings(defaults: Record<string, string> = {}, ignored: readonly string[] = []): TagSettings {
  return { defaults: new Map(Object.entries(defaults)), ignores: (key) => ignored.includes(key) };
}

const listed = (tags: Record<string, string>) =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

describe('tags_all in a plan', () => {
  const created: readonly [string, TagSettings, Value, Value][] = [
    ['without any tags is not known', settings(), null, unknown],
    ['with an empty map is not known', settings(), {}, unknown],
    ['with tags is those', settings(), { a: '1' }, { a: '1' }],
    ['adds default tags', settings({ d: '0' }), { a: '1' }, { a: '1', d: '0' }],
    ['lets the resource overwrite default tags', settings({ a: '0' }), { a: '1' }, { a: '1' }],
    ['is default tags alone', settings({ d: '0' }), null, { d: '0' }],
    ['leaves ignored keys out', settings({ d: '0' }, ['d', 'a']), { a: '1', b: '2' }, { b: '2' }],
    ['leaves keys of AWS out', settings(), { 'aws:x': '1', b: '2' }, { b: '2' }],
    ['leaves pairs without a value out', settings(), { a: null, b: '2' }, { b: '2' }],
    ['with an empty text is not known', settings(), { a: '' }, unknown],
    ['with an unknown map is not known', settings(), unknown, unknown],
    ['with an unknown value is not known', settings(), { a: unknown }, unknown],
  ];
  test.each(created)('of a create %s', (_, tagSettings, tags, expected) => {
    expect(planTagsAll(tagSettings, { tags }, null)).toEqual(expected);
  });

  const prior: ObjectValue = { tags: { a: '1' }, tags_all: { a: '1', d: '0' } };
  const updated: readonly [string, TagSettings, Value, ObjectValue, Value][] = [
    ['without a change is the same', settings({ d: '0' }), { a: '1' }, prior, { a: '1', d: '0' }],
    ['shows a change of default tags alone', settings({ d: '9' }), { a: '1' }, prior, { a: '1', d: '9' }],
    ['of removed tags is what default tags leave', settings({ d: '0' }), null, prior, { d: '0' }],
    ['of removed tags can be empty', settings(), null, prior, {}],
    ['with a new empty text is not known', settings({ d: '0' }), { a: '' }, prior, unknown],
    ['with an old empty text stays', settings(), { a: '' }, { tags: { a: '' }, tags_all: { a: '' } }, { a: '' }],
    ['with an empty default tag that differs is not known', settings({ d: '' }), { a: '1' }, prior, unknown],
    ['moves a pair to default tags without changing', settings({ a: '1', d: '0' }), null, prior, { a: '1', d: '0' }],
  ];
  test.each(updated)('of an update %s', (_, tagSettings, tags, before, expected) => {
    expect(planTagsAll(tagSettings, { tags }, before)).toEqual(expected);
  });

  test('is not known while the provider is not', () => {
    expect(planTagsAll(undefined, { tags: { a: '1' } }, null)).toBe(unknown);
  });
});

describe('a create sends', () => {
  test('default tags overlaid by the resource, ignored keys too, keys of AWS not', () => {
    const sent = tagsToCreate(settings({ d: '0', a: '0' }, ['i']), { tags: { a: '1', i: '2', 'aws:x': '3', n: null } });
    expect(sent).toEqual(listed({ d: '0', a: '1', i: '2' }));
  });
});

describe('an update', () => {
  test('removes what is no longer there and adds what is new or different', () => {
    const prior = { tags_all: { keep: '1', change: '1', drop: '1' } };
    const planned = { tags: {}, tags_all: { keep: '1', change: '2', fresh: '' } };
    expect(tagChanges(settings(), prior, planned)).toEqual({
      remove: ['drop'],
      add: listed({ change: '2', fresh: '' }),
    });
  });

  test('computes an unknown tags_all from the now known tags', () => {
    const planned = { tags: { a: '' }, tags_all: unknown } as const;
    expect(tagChanges(settings({ d: '0' }, ['i']), { tags_all: { old: '1' } }, planned)).toEqual({
      remove: ['old'],
      add: listed({ d: '0', a: '' }),
    });
  });
});

describe('a refresh', () => {
  const cases: readonly [string, TagSettings, Record<string, string>, Value, Value, Value][] = [
    [
      'hides pairs that default tags provide',
      settings({ d: '0' }),
      { d: '0', a: '1' },
      { a: '1' },
      { a: '1' },
      { a: '1', d: '0' },
    ],
    [
      'keeps such a pair where the resource has it itself',
      settings({ d: '0' }),
      { d: '0' },
      { d: '0' },
      { d: '0' },
      { d: '0' },
    ],
    ['shows a default tag with another value', settings({ d: '0' }), { d: '9' }, null, { d: '9' }, { d: '9' }],
    ['shows what others added', settings(), { a: '1', x: '2' }, { a: '1' }, { a: '1', x: '2' }, { a: '1', x: '2' }],
    [
      'hides ignored keys and keys of AWS',
      settings({}, ['i']),
      { i: '1', 'aws:x': '2', a: '3' },
      { a: '3' },
      { a: '3' },
      { a: '3' },
    ],
    ['of nothing is an empty map', settings(), {}, null, {}, {}],
    ['has no pairs without a value', settings(), { a: '1' }, { a: '1', n: null }, { a: '1' }, { a: '1' }],
  ];
  test.each(cases)('%s', (_, tagSettings, service, stateTags, tags, tagsAll) => {
    expect(readTags(tagSettings, listed(service), { tags: stateTags })).toEqual({ tags, tags_all: tagsAll });
  });
});
