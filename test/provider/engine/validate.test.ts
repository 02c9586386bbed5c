import { describe, expect, test } from '@jest/globals';
import { validateLevel } from '@keystead/provider/engine/validate.ts';
import { problemWith } from '@keystead/provider/engine/validators.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import type { AttributeRecord, Validator } from '@keystead/provider-schema/terraform.ts';

const uuid = '1234abcd-12ab-34cd-96ef-1234567890ab';
const mrk = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const account = 'arn:aws:kms:eu-central-1:111122223333:';

describe('named checks', () => {
  const accepted: readonly (readonly [Validator['check'], string])[] = [
    ['json', '{"a":[1]}'],
    ['json', ''],
    ['arn', 'arn:aws:iam::111122223333:role/name'],
    ['arn', 'arn:aws-us-gov:sts:us-gov-west-1:aws:assumed-role/x'],
    ['arn', ''],
    ['key-id', uuid],
    ['key-id', mrk],
    ['key-arn', `${account}key/${uuid}`],
    ['key-id-or-arn', mrk],
    ['key-id-or-arn', `${account}key/${mrk}`],
    ['key-or-alias', 'alias/a/b-c_d'],
    ['key-or-alias', `${account}alias/x`],
    ['key-or-alias', uuid],
    ['alias-name', 'alias/aws/kms'],
    ['alias-name-customer', 'alias/aws-x'],
    ['principal', 'arn:aws:iam::111122223333:user/x'],
    ['principal', 'logs.eu-central-1.amazonaws.com'],
  ];
  test.each(accepted)('%s accepts %s', (check, value) => {
    expect(problemWith({ check } as Validator, value)).toBeUndefined();
  });

  const refused: readonly (readonly [Validator['check'], string])[] = [
    ['json', '{'],
    ['arn', 'arn:aws:iam::1:role/x'],
    ['arn', 'role/x'],
    ['key-id', uuid.toUpperCase()],
    ['key-id', `${uuid}\n`],
    ['key-id', 'mrk-1'],
    ['key-arn', `${account}alias/x`],
    ['key-arn', uuid],
    ['key-id-or-arn', 'alias/x'],
    ['key-or-alias', 'x'],
    ['alias-name', 'alias/'],
    ['alias-name', 'name'],
    ['alias-name', 'alias/ä'],
    ['alias-name-customer', 'alias/aws/kms'],
    ['principal', 'somebody'],
    ['principal', 'evil.example.com'],
  ];
  test.each(refused)('%s refuses %s', (check, value) => {
    expect(problemWith({ check } as Validator, value)).toEqual(expect.stringMatching(/\w/));
  });

  test.each<readonly [Validator, Parameters<typeof problemWith>[1], string | undefined]>([
    [{ check: 'length', min: 1, max: 3 }, 'abc', undefined],
    [{ check: 'length', max: 3 }, '🔑🔑🔑', undefined],
    [{ check: 'length', min: 1, max: 3 }, 'abcd', 'between 1 and 3 characters long'],
    [{ check: 'length', min: 1 }, [], 'at least 1 elements long'],
    [{ check: 'range', min: 7, max: 30 }, 7, undefined],
    [{ check: 'range', min: 7, max: 30 }, 31, 'between 7 and 30'],
    [{ check: 'range', max: 30 }, 2n ** 70n, 'at most 30'],
    [{ check: 'one-of', values: ['a', 'b'] }, 'c', 'one of a, b'],
    [{ check: 'pattern', pattern: '^x+$', meaning: 'only x' }, 'xy', 'only x'],
  ])('%j of %p', (validator, value, problem) => {
    expect(problemWith(validator, value)).toBe(problem);
  });
});

describe('a configuration', () => {
  const text: AttributeRecord = { type: 'string', description: '', optional: true };
  const level = {
    attributes: {
      name: { ...text, validators: [{ check: 'length', max: 3 }] },
      secret: { ...text, sensitive: true, validators: [{ check: 'length', max: 3 }] },
      kinds: { ...text, type: ['set', 'string'], validators: [{ check: 'one-of', values: ['a'] }] },
      one: { ...text, conflictsWith: ['other', 'item'] },
      other: text,
      period: { ...text, type: 'number', requiredWith: ['other'] },
      hidden: { ...text, writeOnly: true },
      must: { type: 'string', description: '', required: true },
    },
    blocks: {
      item: {
        nesting: 'list',
        description: '',
        attributes: { name: { ...text, validators: [{ check: 'length', max: 3 }] } },
      },
    },
  } as const;
  const base: Record<string, Value> = {
    ...Object.fromEntries(Object.keys(level.attributes).map((name) => [name, null])),
    must: 'x',
    item: [],
  };
  const check = (change: ObjectValue, writeOnlyAllowed = true): (readonly [string, string])[] =>
    validateLevel(level, { ...base, ...change }, { writeOnlyAllowed }).map(({ path, detail }) => [
      (path ?? []).join('.'),
      detail,
    ]);

  test('that fits is accepted, and so is one that is all unknown', () => {
    expect(check({})).toEqual([]);
    expect(check(Object.fromEntries(Object.keys(base).map((name) => [name, unknown])))).toEqual([]);
    expect(check({ kinds: [unknown], item: [unknown] })).toEqual([]);
  });

  test('is refused at the attribute, with what is accepted and what was given', () => {
    expect(check({ name: 'four' })).toEqual([['name', 'name must be at most 3 characters long, got: "four".']]);
    expect(check({ name: 'x'.repeat(1000) })[0]?.[1].length).toBeLessThan(300);
  });

  test('that is sensitive is refused without showing it', () => {
    expect(check({ secret: 'hunter2' })).toEqual([['secret', 'secret must be at most 3 characters long.']]);
  });

  test('is refused at the element of a collection and inside a block', () => {
    expect(check({ kinds: ['a', 'b'] })).toEqual([['kinds.1', 'kinds must be one of a, got: "b".']]);
    expect(check({ item: [{ name: 'ok' }, { name: 'four' }] })).toMatchObject([
      ['item.1.name', expect.stringContaining('item.name must')],
    ]);
  });

  test('with arguments that exclude each other is refused; an unknown one can still be null', () => {
    expect(check({ one: 'x', other: 'y' })).toMatchObject([['one', expect.stringContaining('together with other')]]);
    expect(check({ one: 'x', item: [{ name: null }] })).toMatchObject([['one', expect.stringContaining('item')]]);
    expect(check({ one: 'x', other: unknown })).toEqual([]);
  });

  test('without an argument that another needs is refused', () => {
    expect(check({ period: 90 })).toMatchObject([
      ['period', expect.stringContaining('only be set together with other')],
    ]);
    expect(check({ period: 90, other: unknown })).toEqual([]);
  });

  test('without a required argument is refused', () => {
    expect(check({ must: null })).toMatchObject([['must', expect.stringContaining('required')]]);
  });

  test('with a write-only argument is refused by a Terraform that would store it', () => {
    expect(check({ hidden: 'x' })).toEqual([]);
    expect(check({ hidden: 'x' }, false)).toMatchObject([['hidden', expect.stringContaining('1.11')]]);
  });
});
