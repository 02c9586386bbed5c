/** A change that breaks a program is a changed or missing line of the recorded API. */
import { type Assembly, describeApi } from '@keystead/constructs/languages/public-api.ts';

const text = { primitive: 'string' };
const box = {
  kind: 'class' as const,
  fqn: 'lib.Box',
  base: 'constructs.Construct',
  interfaces: ['lib.IBox'],
  initializer: {
    parameters: [
      { name: 'id', type: text },
      { name: 'props', type: { fqn: 'lib.BoxProps' }, optional: true },
    ],
  },
  properties: [{ name: 'label', type: text, optional: true, immutable: true }],
  methods: [
    { name: 'of', static: true, returns: { type: { fqn: 'lib.Box' } } },
    {
      name: 'add',
      parameters: [{ name: 'names', type: text, variadic: true }],
      docs: { deprecated: 'since 0.2: use x.' },
    },
  ],
};
const props = {
  kind: 'interface' as const,
  fqn: 'lib.BoxProps',
  datatype: true,
  properties: [
    {
      name: 'sizes',
      immutable: true,
      type: {
        collection: { kind: 'array' as const, elementtype: { union: { types: [text, { primitive: 'number' }] } } },
      },
    },
    {
      name: 'tags',
      immutable: true,
      optional: true,
      type: { collection: { kind: 'map' as const, elementtype: text } },
    },
  ],
};
const binding = { ...props, fqn: 'lib.bindings.kmsKey.KmsKeyConfig' };
const library = (...types: NonNullable<Assembly['types']>[string][]): Assembly => ({
  name: 'lib',
  types: Object.fromEntries(types.map((type) => [type.fqn, type])),
});

test('Types and members have a line each, without the bindings', () => {
  expect(
    describeApi(library(props, box, binding))
      .split('\n')
      .slice(2),
  ).toEqual([
    'class Box extends constructs.Construct, IBox',
    '  new (id: string, props?: BoxProps)',
    '  readonly label?: string',
    '  add(...names: string[]): void (deprecated)',
    '  static of(): Box',
    '',
    'struct BoxProps',
    '  sizes: (number | string)[]',
    '  tags?: Record<string, string>',
    '',
  ]);
});

test('A prop that becomes required, and a member that goes, change the listing', () => {
  const [sizes] = props.properties;
  const listing = describeApi(library(props, box));
  expect(describeApi(library({ ...props, properties: sizes === undefined ? [] : [sizes] }, box))).not.toBe(listing);
  const required = props.properties.map((property) => ({ ...property, optional: false }));
  expect(describeApi(library({ ...props, properties: required }, box))).toContain('  tags: Record<string, string>');
});
