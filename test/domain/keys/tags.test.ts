import { addTags, decodeTags, encodeTags, listTags, removeTags } from '@keystead/control-plane/domain/keys/tags.ts';
import fc from 'fast-check';

const tag = (TagKey: string, TagValue = '') => ({ TagKey, TagValue });

test('an added tag replaces the value of the same tag key, which is case-sensitive', () => {
  expect(addTags({ team: 'red' }, [tag('team', 'blue'), tag('Team', 'green')])).toEqual({
    team: 'blue',
    Team: 'green',
  });
});

test.each(['aws:x', 'AWS:x', 'Aws:'])('the tag key %s is reserved', (tagKey) => {
  const refused = expect.objectContaining({ code: 'TagException', message: 'Tags beginning with aws: are reserved' });
  expect(() => addTags({}, [tag(tagKey)])).toThrow(refused);
  expect(() => removeTags({}, [tagKey])).toThrow(refused);
});

test('one request cannot name a tag key twice', () => {
  expect(() => addTags({}, [tag('a', '1'), tag('a', '2')])).toThrow(
    expect.objectContaining({ code: 'TagException', message: 'Duplicate tag keys' }),
  );
});

test.each(['a;b', 'a\nb', 'a*'])('the characters of %j are refused in keys and in values', (text) => {
  expect(() => addTags({}, [tag(text)])).toThrow(expect.objectContaining({ code: 'TagException' }));
  expect(() => addTags({}, [tag('a', text)])).toThrow(expect.objectContaining({ code: 'TagException' }));
});

test('letters of every script, digits and _ . : / = + - @ are accepted', () => {
  expect(addTags({}, [tag('größe/長さ_1.2:3=4+5-6@7', 'a b')])).toEqual({ 'größe/長さ_1.2:3=4+5-6@7': 'a b' });
});

test('a key has at most 50 tags, counted after adding', () => {
  const fifty = addTags(
    {},
    Array.from({ length: 50 }, (_, i) => tag(`t${i}`)),
  );
  expect(addTags(fifty, [tag('t0', 'new')])).toMatchObject({ t0: 'new' });
  expect(() => addTags(fifty, [tag('one-more')])).toThrow(expect.objectContaining({ code: 'LimitExceededException' }));
});

test('one request cannot name more than 50 tags', () => {
  const many = Array.from({ length: 51 }, (_, i) => tag(`t${i}`));
  const refused = expect.objectContaining({ code: 'TagException', message: 'Too many tags' });
  for (const existing of [{}, { t0: '' }]) expect(() => addTags(existing, many)).toThrow(refused);
});

test('removing a tag key the key does not have changes nothing', () => {
  expect(removeTags({ a: '1' }, ['b'])).toEqual({ a: '1' });
});

test('tags are stored and read back, also tags named like members of every object', () => {
  const names = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', '1', '10', '9'),
    fc.stringMatching(/^[a-zA-Z0-9 _.:/=+@-]{1,20}$/),
  );
  const lists = fc.uniqueArray(fc.record({ TagKey: names, TagValue: fc.stringMatching(/^[a-z ]{0,9}$/) }), {
    selector: (each) => each.TagKey,
    maxLength: 50,
  });
  fc.assert(
    fc.property(lists, (tags) => {
      fc.pre(tags.every((each) => !each.TagKey.toLowerCase().startsWith('aws:')));
      const listed = listTags(decodeTags(encodeTags(addTags({}, tags))));
      expect(listed).toHaveLength(tags.length);
      expect(new Set(listed.map((each) => `${each.TagKey}=${each.TagValue}`))).toEqual(
        new Set(tags.map((each) => `${each.TagKey}=${each.TagValue}`)),
      );
      expect(listed.map((each) => each.TagKey)).toEqual(listed.map((each) => each.TagKey).toSorted());
    }),
  );
});
