/** What of a configuration this provider does not have: types, arguments, versions. Nothing is asked of a server. */
import * as actions from '@keystead/provider-schema/actions/index.ts';
import * as dataSources from '@keystead/provider-schema/data-sources/index.ts';
import * as ephemeralResources from '@keystead/provider-schema/ephemeral-resources/index.ts';
import * as functions from '@keystead/provider-schema/functions/index.ts';
import { providerRecord } from '@keystead/provider-schema/provider.ts';
import { awsSource, ownSource, standInVersions } from '@keystead/provider-schema/provider-versions.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { Body, Member } from './body.ts';
import type { Module } from './module.ts';
import { isOurs, providerOf, type Requirement, requirementsOf } from './providers.ts';
import { satisfies, standIn } from './versions.ts';

export interface Finding {
  readonly kind:
    | 'resource type'
    | 'data source'
    | 'ephemeral resource'
    | 'action'
    | 'function'
    | 'block'
    | 'argument'
    | 'provider version';
  /** `main.tf:12`, or the file alone. */
  readonly place: string;
  /** What is not served. */
  readonly name: string;
  /** The block it stands in, for an argument. */
  readonly address?: string;
  /** What to do. */
  readonly remedy: string;
}

export interface Checked {
  /** Blocks for this provider that were looked at. */
  readonly blocks: number;
  readonly findings: readonly Finding[];
  /** Requirements of a provider whose place this one takes. */
  readonly toReplace: readonly Requirement[];
}

type Level = Pick<TerraformRecord, 'attributes' | 'blocks'>;
type Types = Readonly<Record<string, TerraformRecord>>;

interface Kind {
  readonly kind: Finding['kind'];
  readonly types: Types;
  /** Arguments that Terraform itself knows in every block of this kind. */
  readonly meta: readonly string[];
}

const everywhere = ['count', 'for_each', 'provider', 'depends_on', 'lifecycle'];

const kinds: Readonly<Record<string, Kind>> = {
  resource: { kind: 'resource type', types: resources, meta: [...everywhere, 'provisioner', 'connection'] },
  data: { kind: 'data source', types: dataSources, meta: everywhere },
  ephemeral: { kind: 'ephemeral resource', types: ephemeralResources, meta: everywhere },
  action: { kind: 'action', types: actions, meta: everywhere },
};

const beside =
  'Keep the AWS provider for it, beside this one under another local name (guide to Terraform, "Beside the AWS provider").';

/** @param version that of this provider */
export function checkModule(module: Module, version: string): Checked {
  const requirements = requirementsOf(module);
  const checked = module.files.flatMap(({ path, body }) =>
    topLevel(body)
      .filter((block) => isForUs(block, requirements))
      .map((block) => {
        const kind = kinds[block.name];
        return kind === undefined ? checkProvider(block, path, requirements, version) : checkTyped(block, kind, path);
      }),
  );
  const called = module.files.flatMap(({ path, body }) => checkFunctions(body, path, requirements));
  const versions = requirements.filter(({ localName }) => isOurs(localName, requirements));
  return {
    blocks: checked.length,
    findings: [...versions.flatMap((requirement) => checkVersion(requirement, version)), ...checked.flat(), ...called],
    toReplace: versions.filter(({ source }) => source !== ownSource),
  };
}

/** Data sources stand in check blocks, too. */
function topLevel(body: Body): Body {
  return body.flatMap((block) => (block.name === 'check' ? (block.body ?? []) : [block]));
}

function isForUs(block: Member, requirements: readonly Requirement[]): boolean {
  if (block.body === undefined) return false;
  if (block.name === 'provider') return isOurs(block.labels[0] ?? '', requirements);
  return Object.hasOwn(kinds, block.name) && isOurs(providerOf(block), requirements);
}

function checkProvider(
  { body = [], labels: [localName = ''], line }: Member,
  file: string,
  requirements: readonly Requirement[],
  version: string,
): readonly Finding[] {
  const constraint = body.find(({ name }) => name === 'version');
  const source = requirements.find((requirement) => requirement.localName === localName)?.source ?? awsSource;
  return [
    ...checkVersion({ localName, source, version: constraint?.text, file, line: constraint?.line }, version),
    ...checkBody(body, providerRecord, ['alias', 'version'], { file, address: `provider.${localName}`, line }),
  ];
}

function checkTyped({ name: block, body = [], labels, line }: Member, kind: Kind, file: string): readonly Finding[] {
  const [type = '', name = ''] = labels;
  const address = `${block === 'resource' ? '' : `${block}.`}${type}.${name}`;
  const record = Object.hasOwn(kind.types, type) ? kind.types[type] : undefined;
  if (record === undefined) {
    return [{ kind: kind.kind, place: placeOf(file, line), name: type, address, remedy: beside }];
  }
  // The arguments of an action stand in a block of their own.
  const config =
    kind.kind === 'action' ? body.flatMap((member) => (member.name === 'config' ? (member.body ?? []) : [])) : body;
  return checkBody(config, record, kind.meta, { file, address, line });
}

/** Calls of `provider::NAME::function`, wherever they stand. In JSON a block has a text, too: that of all that is in it. */
function checkFunctions(body: Body, file: string, requirements: readonly Requirement[]): readonly Finding[] {
  return body.flatMap(({ body: inner, expression, line }) => {
    if (inner !== undefined) return checkFunctions(inner, file, requirements);
    return [...expression.matchAll(/provider::([\w-]+)::([\w-]+)/g)]
      .filter(([, localName = '', name = '']) => isOurs(localName, requirements) && !Object.hasOwn(functions, name))
      .map(([name]) => ({ kind: 'function', place: placeOf(file, line), name, remedy: beside }));
  });
}

interface Where {
  readonly file: string;
  readonly address: string;
  readonly line: number | undefined;
}

function checkBody(body: Body, level: Level, meta: readonly string[], where: Where): readonly Finding[] {
  return body.flatMap((member) => {
    const { name } = member;
    if (meta.includes(name) || Object.hasOwn(level.attributes, name)) return [];
    if (name === 'dynamic') return checkDynamic(member, level, where);
    return checkNested(member, name, member.body, level, where);
  });
}

/** `dynamic "NAME" { content { … } }` stands for blocks of that name. */
function checkDynamic(member: Member, level: Level, where: Where): readonly Finding[] {
  const content = member.body?.find(({ name }) => name === 'content')?.body;
  return checkNested(member, member.labels[0] ?? '', content ?? [], level, where);
}

function checkNested(
  { line }: Member,
  name: string,
  body: Body | undefined,
  level: Level,
  where: Where,
): readonly Finding[] {
  const inner = Object.hasOwn(level.blocks ?? {}, name) ? level.blocks?.[name] : undefined;
  const address = `${where.address}.${name}`;
  if (inner !== undefined) return checkBody(body ?? [], inner, [], { ...where, address, line: line ?? where.line });
  return [
    {
      kind: body === undefined ? 'argument' : 'block',
      place: placeOf(where.file, line ?? where.line),
      name,
      address: where.address,
      remedy: `Remove it: this provider does not know it${near(name, level)}.`,
    },
  ];
}

/** An argument that differs by little, as a mistyped one does. */
function near(name: string, { attributes, blocks = {} }: Level): string {
  const plain = (text: string) => text.replaceAll('_', '').replace(/s$/, '');
  const found = [...Object.keys(attributes), ...Object.keys(blocks)].find((known) => plain(known) === plain(name));
  return found === undefined ? '' : `; it knows ${found}`;
}

function checkVersion({ source, version: constraint, file, line }: Requirement, version: string): readonly Finding[] {
  if (constraint === undefined) return [];
  const own = source === ownSource;
  if (own ? satisfies(version, constraint) : standIn(constraint) !== undefined) return [];
  const has = own ? version : standInVersions.join(', ');
  return [
    {
      kind: 'provider version',
      place: placeOf(file, line),
      name: `${source} ${constraint}`,
      remedy: own
        ? `The mirror has ${has}. Remove the version, or name that one.`
        : `Remove the version when you set the source to ${ownSource}. To keep the source: none of ${has} passes, so name ` +
          `one that does (make provider SOURCE=${awsSource} VERSIONS=x.y.z).`,
    },
  ];
}

const placeOf = (file: string, line: number | undefined): string => (line === undefined ? file : `${file}:${line}`);
