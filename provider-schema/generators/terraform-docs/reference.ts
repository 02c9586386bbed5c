/** The sections that list arguments, nested blocks and attributes. */
import type { AttributeRecord, BlockRecord } from '../../terraform.ts';
import { bullets, withCode } from './markdown.ts';
import { rulesOf } from './rules.ts';
import { membersOf, typeName } from './types.ts';

export interface Level {
  readonly attributes: Readonly<Record<string, AttributeRecord>>;
  readonly blocks?: Readonly<Record<string, BlockRecord>>;
}

/**
 * Names that a schema accepts in a configuration for the sake of older ones, although nothing reads them there. Tags of
 * a data source are such a case too.
 */
const neverConfigured: ReadonlySet<string> = new Set(['id', 'tags_all']);

function isArgument(name: string, { required, optional, computed, type }: AttributeRecord): boolean {
  if (required) return true;
  if (!optional || neverConfigured.has(name)) return false;
  return !(computed && name === 'tags' && typeof type !== 'string');
}

export function argumentReference(level: Level): string {
  return [
    '## Argument Reference',
    lists(level, undefined),
    ...blocksBelow(level).map(([name, block]) => blockSection(name, block)),
  ].join('\n\n');
}

export function attributeReference({ attributes }: Level): string | undefined {
  const exported = sorted(attributes).filter(([name, record]) => !isArgument(name, record));
  if (exported.length === 0) return undefined;
  const lines = exported.map(([name, record]) => {
    const members = membersOf(record.type);
    const more = members === undefined ? [] : [`${members.charAt(0).toUpperCase()}${members.slice(1)}.`];
    const flags = [typeName(record.type), record.sensitive && 'sensitive'].filter(Boolean).join(', ');
    return `\`${name}\` - (${flags}) ${[describe(record), ...more].join(' ')}`;
  });
  return `## Attribute Reference\n\nIn addition to the arguments, these attributes are exported:\n\n${bullets(lines)}`;
}

/** What a module's `provider_meta` block can hold. */
export function metaReference(attributes: Level['attributes']): string {
  return `## Provider Meta\n\n${lists({ attributes }, '`provider_meta "aws"`')}`;
}

function blockSection(name: string, block: BlockRecord): string {
  return `### ${name}\n\n${lists(block, `\`${name}\``)}`;
}

/** @param block undefined: the arguments of the type itself */
function lists(level: Level, block: string | undefined): string {
  const configurable = sorted(level.attributes).filter(([name, record]) => isArgument(name, record));
  const blocks = Object.entries(level.blocks ?? {});
  const required = [
    ...argumentLines(configurable.filter(([, record]) => record.required)),
    ...blocks.filter(([, { minItems = 0 }]) => minItems > 0).map(blockLine),
  ];
  const optional = [
    ...argumentLines(configurable.filter(([, record]) => !record.required)),
    ...blocks.filter(([, { minItems = 0 }]) => minItems === 0).map(blockLine),
  ];
  const title = (which: 'required' | 'optional') =>
    block === undefined ? `These arguments are ${which}:` : `These arguments of ${block} are ${which}:`;
  const parts = [
    ...(required.length > 0 ? [`${title('required')}\n\n${bullets(required)}`] : []),
    ...(optional.length > 0 ? [`${title('optional')}\n\n${bullets(optional)}`] : []),
  ];
  return parts.length > 0 ? parts.join('\n\n') : 'There are no arguments.';
}

function sorted(attributes: Level['attributes']): readonly (readonly [string, AttributeRecord])[] {
  return Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** More arguments than this with one text are counted instead of listed: the services of the AWS provider's endpoints. */
const listedAtMost = 20;

function argumentLines(entries: readonly (readonly [string, AttributeRecord])[]): readonly string[] {
  const texts = entries.map(([name, record]) => ({ name, text: argumentText(record) }));
  const counts = Map.groupBy(texts, ({ text }) => text);
  const isListed = ({ text }: { readonly text: string }) => (counts.get(text)?.length ?? 0) <= listedAtMost;
  return [
    ...texts.filter(isListed).map(({ name, text }) => `\`${name}\` - ${text}`),
    ...[...counts]
      .filter(([, same]) => same.length > listedAtMost)
      .map(([text, same]) => `${same.length} further names, all that the AWS provider has - ${text}`),
  ];
}

function argumentText(record: AttributeRecord): string {
  const flags = [
    record.required ? 'Required' : 'Optional',
    typeName(record.type),
    record.forcesReplacement && 'forces replacement',
    record.sensitive && 'sensitive',
    record.writeOnly && 'write-only',
  ];
  return `(${flags.filter(Boolean).join(', ')}) ${[describe(record), ...rulesOf(record)].join(' ')}`;
}

function describe({ description, validators = [], default: value }: AttributeRecord): string {
  const values = validators.flatMap((validator) => (validator.check === 'one-of' ? validator.values : []));
  return withCode(description, typeof value === 'number' || value === undefined ? values : [...values, String(value)]);
}

function blockLine([name, { nesting, minItems = 0, maxItems, description, forcesReplacement }]: readonly [
  string,
  BlockRecord,
]): string {
  const repeatable = nesting !== 'single' && maxItems !== 1;
  const flags = [
    minItems > 0 ? 'Required' : 'Optional',
    repeatable ? 'block, repeatable' : 'block',
    forcesReplacement && 'forces replacement',
  ];
  return `\`${name}\` - (${flags.filter(Boolean).join(', ')}) ${withCode(description)} See [below](#${name}).`;
}

/** Blocks at every depth, each once. */
function blocksBelow({ blocks = {} }: Level): readonly (readonly [string, BlockRecord])[] {
  return Object.entries(blocks).flatMap((entry) => [entry, ...blocksBelow(entry[1])]);
}
