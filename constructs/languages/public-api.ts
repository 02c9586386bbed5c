/**
 * Writes `public-api.txt`: every class, interface and member that a program in any language can use, a line each, from
 * what jsii says about the library. A line that disappears or changes is a breaking change, and the review shows it.
 * The bindings are left out: they follow from the provider's schema.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly, withCompiledPackage } from './jsii.ts';

const listing = join(import.meta.dirname, 'public-api.txt');
const heading = 'The public API of the constructs. Written by `make public-api`; do not edit.\n';

/** A type, as jsii's assembly names it. */
interface TypeReference {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference };
  readonly union?: { readonly types: readonly TypeReference[] };
}

interface Documented {
  readonly docs?: { readonly deprecated?: string };
}

interface Parameter {
  readonly name: string;
  readonly type: TypeReference;
  readonly optional?: boolean;
  readonly variadic?: boolean;
}

interface Callable extends Documented {
  readonly name?: string;
  readonly parameters?: readonly Parameter[];
  readonly returns?: { readonly type: TypeReference; readonly optional?: boolean };
  readonly static?: boolean;
  readonly protected?: boolean;
  readonly overrides?: string;
}

interface Property extends Documented {
  readonly name: string;
  readonly type: TypeReference;
  readonly optional?: boolean;
  readonly immutable?: boolean;
  readonly static?: boolean;
  readonly protected?: boolean;
}

interface ApiType extends Documented {
  readonly kind: 'class' | 'interface' | 'enum';
  readonly fqn: string;
  readonly abstract?: boolean;
  readonly datatype?: boolean;
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly initializer?: Callable;
  readonly methods?: readonly Callable[];
  readonly properties?: readonly Property[];
  readonly members?: readonly { readonly name: string }[];
}

export interface Assembly {
  readonly name: string;
  readonly types?: Readonly<Record<string, ApiType>>;
}

/** The listing of a library. */
export function describeApi({ name, types = {} }: Assembly): string {
  const own = Object.values(types)
    .filter(({ fqn }) => !fqn.startsWith(`${name}.bindings.`))
    .sort((a, b) => (a.fqn < b.fqn ? -1 : 1));
  const text = own.map((type) => [headOf(type), ...linesOf(type).map((line) => `  ${line}`)].join('\n')).join('\n\n');
  return `${heading}\n${text.replaceAll(`${name}.`, '')}\n`;
}

function headOf(type: ApiType): string {
  const kind = type.kind === 'interface' && type.datatype ? 'struct' : type.kind;
  const parents = [...(type.base === undefined ? [] : [type.base]), ...(type.interfaces ?? [])];
  return [
    ...(type.abstract && type.kind === 'class' ? ['abstract'] : []),
    ...[kind, type.fqn],
    ...(parents.length > 0 ? [`extends ${parents.join(', ')}`] : []),
    ...deprecation(type),
  ].join(' ');
}

function linesOf(type: ApiType): string[] {
  const constructors = type.initializer === undefined ? [] : [`new (${parametersOf(type.initializer)})`];
  const properties = (type.properties ?? []).map((property) => propertyLine(property, type.datatype === true));
  const methods = (type.methods ?? []).map(methodLine);
  return [...constructors, ...(type.members ?? []).map(({ name }) => name), ...properties.sort(), ...methods.sort()];
}

function propertyLine(property: Property, inStruct: boolean): string {
  const words = [
    ...(property.static ? ['static'] : []),
    ...(property.protected ? ['protected'] : []),
    ...(property.immutable && !inStruct ? ['readonly'] : []),
  ];
  const member = `${property.name}${property.optional ? '?' : ''}: ${textOf(property.type)}`;
  return [...words, member, ...deprecation(property)].join(' ');
}

function methodLine(method: Callable): string {
  const words = [...(method.static ? ['static'] : []), ...(method.protected ? ['protected'] : [])];
  const returned = method.returns === undefined ? 'void' : textOf(method.returns.type);
  const optional = method.returns?.optional ? ' | undefined' : '';
  const member = `${method.name}(${parametersOf(method)}): ${returned}${optional}`;
  return [...words, member, ...deprecation(method)].join(' ');
}

function parametersOf({ parameters = [] }: Callable): string {
  return parameters
    .map(({ name, type, optional, variadic }) =>
      variadic ? `...${name}: ${textOf(type)}[]` : `${name}${optional ? '?' : ''}: ${textOf(type)}`,
    )
    .join(', ');
}

function textOf({ primitive, fqn, collection, union }: TypeReference): string {
  if (primitive !== undefined) return primitive;
  if (fqn !== undefined) return fqn;
  // The compiler's own order follows from what it read first.
  if (union !== undefined) return union.types.map(textOf).sort().join(' | ');
  if (collection === undefined) return 'any';
  const element = textOf(collection.elementtype);
  if (collection.kind === 'map') return `Record<string, ${element}>`;
  return element.includes(' | ') ? `(${element})[]` : `${element}[]`;
}

const deprecation = ({ docs }: Documented): string[] => (docs?.deprecated === undefined ? [] : ['(deprecated)']);

/** The listing that is checked in. */
export function recordedApi(): string {
  return existsSync(listing) ? readFileSync(listing, 'utf8') : '';
}

function main(): void {
  withCompiledPackage('cdktn', (directory) => writeFileSync(listing, describeApi(readAssembly(directory) as Assembly)));
}

if (import.meta.main) main();
