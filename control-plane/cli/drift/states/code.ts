/**
 * A state with what its code says now: values that are written out replace those of the state, and an attribute that is
 * not written has the provider's default. What only Terraform can compute stays as the state has it; a plan has that too.
 */
import type { Body, Member } from '../../terraform/body.ts';
import type { Configured } from './configured.ts';
import { type DeclaredResource, type DeclaredType, isDeclaredType, isKeyType } from './declared.ts';
import type { CodeDifferences } from './planned.ts';

export interface WithCode {
  readonly resources: readonly DeclaredResource[];
  readonly code: CodeDifferences;
}

export function withCode(resources: readonly DeclaredResource[], configured: Configured, region: string): WithCode {
  const defaultTags = defaultTagsOf(configured.rest);
  const moved = movedIn(configured.rest);
  const isInCode = ({ address, deposed }: DeclaredResource) => deposed || configured.block(address) !== undefined;
  const places = new Set(resources.map(({ address }) => address.replace(/\[.*/s, '')));
  const isMoved = ({ address }: DeclaredResource) => moved.some(({ from }) => isAt(address, from));
  return {
    resources: resources.map((resource) => {
      const block = configured.block(resource.address);
      if (block !== undefined) return { ...resource, values: valuesIn(block, resource, defaultTags) };
      // Known, and not compared: the next apply destroys it.
      return isMoved(resource) ? resource : { ...resource, deposed: true };
    }),
    code: {
      notInCode: resources.filter((resource) => !isInCode(resource) && !isMoved(resource)),
      notApplied: [...configured.ofRoot]
        .filter(
          ([address, block]) => !places.has(address) && !isRepeated(block) && !moved.some(({ to }) => to === address),
        )
        .flatMap(([address, block]) => notApplied(address, block, configured, region)),
    },
  };
}

const isAt = (address: string, place: string): boolean => address === place || address.startsWith(`${place}[`);

/** How many there are is for Terraform to compute: none, perhaps. */
const isRepeated = (block: Body): boolean => block.some(({ name }) => name === 'count' || name === 'for_each');

function notApplied(
  address: string,
  block: Body,
  configured: Configured,
  region: string,
): CodeDifferences['notApplied'] {
  const [type = ''] = address.split('.');
  if (!isDeclaredType(type)) return [];
  const constructPath = configured.constructPath(address);
  const own = literalOf(block, 'region');
  const values = {};
  const resource: DeclaredResource = {
    address,
    type,
    region: typeof own === 'string' ? own : region,
    values,
    sensitive: new Set(),
    deposed: false,
    ...(constructPath !== undefined && { constructPath }),
  };
  return [{ resource, because: [] }];
}

/** What an attribute that is not written is, where the provider has a default and no memory. */
const defaults: Partial<Readonly<Record<DeclaredType, Readonly<Record<string, unknown>>>>> = {
  aws_kms_key: { is_enabled: true, enable_key_rotation: false },
  aws_kms_replica_key: { enabled: true },
};

const written = ['description', 'is_enabled', 'enabled', 'enable_key_rotation', 'rotation_period_in_days', 'policy'];

function valuesIn(
  block: Body,
  { type, values }: DeclaredResource,
  defaultTags: Tags | undefined,
): DeclaredResource['values'] {
  if (type === 'aws_kms_key_policy') return { ...values, ...literals(block, ['policy']) };
  if (!isKeyType(type)) return values;
  const tags = has(block, 'tags') ? tagsOf(literalOf(block, 'tags')) : {};
  return {
    ...values,
    ...Object.fromEntries(Object.entries(defaults[type] ?? {}).filter(([name]) => !has(block, name))),
    ...literals(block, written),
    ...(has(block, 'deletion_protection') ? literals(block, ['deletion_protection']) : { deletion_protection: false }),
    ...(tags && defaultTags && !has(block, 'tags_all') && { tags_all: { ...defaultTags, ...tags } }),
  };
}

const has = (block: Body, name: string): boolean => block.some((member) => member.name === name);

function literals(block: Body, names: readonly string[]): Readonly<Record<string, unknown>> {
  const found = names.map((name) => [name, literalOf(block, name)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** undefined: not written, or for Terraform to compute. */
function literalOf(block: Body, name: string): unknown {
  const member = block.find((one) => one.name === name);
  return member && literal(member);
}

function literal({ text, expression }: Member): unknown {
  if (text !== undefined) return text;
  if (/[$%]\{/.test(expression)) return undefined;
  try {
    const value: unknown = JSON.parse(expression);
    return value === null ? undefined : value;
  } catch {
    return literalMap(expression);
  }
}

/** `{ Team = "orders" }`, in HCL */
function literalMap(expression: string): Tags | undefined {
  const pair = /\s*(?:"([^"\\]*)"|([A-Za-z_][\w-]*))\s*[=:]\s*"([^"\\]*)"\s*,?/y;
  const inner = /^\{([\s\S]*)\}$/.exec(expression.trim())?.[1];
  if (inner === undefined) return undefined;
  const pairs: [string, string][] = [];
  for (let match = pair.exec(inner); match !== null; match = pair.exec(inner)) {
    pairs.push([match[1] ?? match[2] ?? '', match[3] ?? '']);
    if (inner.slice(pair.lastIndex).trim() === '') return Object.fromEntries(pairs);
  }
  return inner.trim() === '' ? {} : undefined;
}

type Tags = Readonly<Record<string, string>>;

function tagsOf(value: unknown): Tags | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && Object.values(value).every((one) => typeof one === 'string') ? (value as Tags) : undefined;
}

/** undefined: for Terraform to compute, or of several providers. */
function defaultTagsOf(rest: Body): Tags | undefined {
  const providers = rest.filter(({ name }) => name === 'provider');
  const blocks = providers.flatMap(({ body = [] }) => body.filter(({ name }) => name === 'default_tags'));
  const [only, ...more] = blocks;
  if (only === undefined) return {};
  return more.length > 0 || providers.length > 1 ? undefined : tagsOf(literalOf(only.body ?? [], 'tags'));
}

interface Moved {
  readonly from: string;
  readonly to: string;
}

/** `moved` blocks: the next apply renames, and `removed` blocks: it forgets. */
function movedIn(rest: Body): readonly Moved[] {
  return rest
    .filter(({ name }) => name === 'moved' || name === 'removed')
    .map(({ body = [] }) => {
      const place = (name: string) =>
        (body.find((member) => member.name === name)?.expression ?? '').replace(/^"(.*)"$/s, '$1');
      return { from: place('from'), to: place('to') };
    });
}
