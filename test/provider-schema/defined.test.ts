import { type Defined, defined } from '@keystead/provider-schema/defined.ts';

interface Token {
  readonly clusterId: string;
  readonly label?: string;
  readonly serialNumber?: string;
}

function token(label: string | undefined, serialNumber: string | undefined): Token {
  return { clusterId: 'cluster-1', ...defined({ label, serialNumber }) };
}

test('members that are undefined are absent', () => {
  expect(Object.keys(token('keys', undefined))).toEqual(['clusterId', 'label']);
  expect(Object.keys(token(undefined, '0042'))).toEqual(['clusterId', 'serialNumber']);
  expect(Object.keys(token(undefined, undefined))).toEqual(['clusterId']);
});

test('members that have a value stay, in their order', () => {
  expect(Object.entries(token('keys', '0042'))).toEqual([
    ['clusterId', 'cluster-1'],
    ['label', 'keys'],
    ['serialNumber', '0042'],
  ]);
});

test('null, false, 0 and the empty text are values', () => {
  const values = { absent: undefined, nothing: null, no: false, zero: 0, empty: '' };
  expect(Object.entries(defined(values))).toEqual([
    ['nothing', null],
    ['no', false],
    ['zero', 0],
    ['empty', ''],
  ]);
});

test('the given object does not change', () => {
  const given = { label: undefined, serialNumber: '0042' };
  defined(given);
  expect(Object.keys(given)).toEqual(['label', 'serialNumber']);
});

test('the type of a member has no undefined, and a member of another type does not fit', () => {
  const members: Defined<{ readonly label: string | undefined }> = {};
  expect(members).toEqual({});
  // @ts-expect-error a number is not a label
  const wrong: Token = { clusterId: 'cluster-1', ...defined({ label: 7 }) };
  expect(wrong.label).toBe(7);
  // @ts-expect-error undefined is not a value of an optional member
  const written: Token = { clusterId: 'cluster-1', label: undefined };
  expect(written.label).toBeUndefined();
});
