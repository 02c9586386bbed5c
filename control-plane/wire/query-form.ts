/**
 * Turns the parameters of a Query request into an operation's input, by the contract's shapes: a structure's members
 * are joined with dots (`Tag.Key`), a list counts from one (`Tags.member.1.Key`, `Tags.member.2.Key`).
 * Source: AWS Query protocol (Smithy 2.0, "AWS query protocol": input structure and list serialization).
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';

/** Parameters by name, each once. */
export type QueryForm = ReadonlyMap<string, string>;

/** Deeper than any input of the contract; a name with more parts is ignored. */
const MAX_DEPTH = 12;
const LIST_POSITION = /^[1-9][0-9]{0,5}$/;

/**
 * Reads `application/x-www-form-urlencoded` text.
 * @throws KmsError MalformedQueryString for broken percent-encoding, a name given twice, or too many parameters.
 */
export function parseForm(text: string): QueryForm {
  const form = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeText(equals < 0 ? pair : pair.slice(0, equals));
    if (form.has(name)) throw malformed('A parameter is given twice.');
    form.set(name, equals < 0 ? '' : decodeText(pair.slice(equals + 1)));
    if (form.size > limits.queryParameters)
      throw malformed(`There are more than ${limits.queryParameters} parameters.`);
  }
  return form;
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformed('A parameter is not valid percent-encoded UTF-8.');
  }
}

const malformed = (message: string) => new KmsError('MalformedQueryString', message);

/** Parameters by the parts of their names; a node can have a value, parts below it, or both. */
interface Node {
  value?: string;
  readonly parts: Map<string, Node>;
}

/** Members as in a JSON request: numbers, booleans and lists where the shape has them. */
export function formMembers(form: QueryForm, shapeName: string): Readonly<Record<string, unknown>> {
  const root: Node = { parts: new Map() };
  for (const [name, value] of form) place(root, name, value);
  return read(root, shapeOf(shapeName)) as Readonly<Record<string, unknown>>;
}

function place(root: Node, name: string, value: string): void {
  const steps = name.split('.', MAX_DEPTH + 1);
  if (steps.length > MAX_DEPTH) return;
  let node = root;
  for (const step of steps) {
    const next = node.parts.get(step) ?? { parts: new Map() };
    node.parts.set(step, next);
    node = next;
  }
  node.value = value;
}

/** A node as a value of the shape. Text that does not fit the shape's type stays text, and the codec refuses it. */
function read(node: Node, shape: Shape): unknown {
  switch (shape.type) {
    case 'structure':
      return readStructure(node, shape.members);
    case 'list':
      return readList(node, shapeOf(shape.member));
    case 'map':
      return undefined; // no input of the Query APIs has one
    default:
      return scalar(node.value, shape.type);
  }
}

function readStructure(node: Node, members: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const found = Object.entries(members).flatMap(([name, target]) => {
    const part = node.parts.get(name);
    return part ? [[name, read(part, shapeOf(target))] as const] : [];
  });
  return Object.fromEntries(found);
}

/** `Name=` alone is the empty list. Positions order the members; they can have gaps. */
function readList(node: Node, element: Shape): readonly unknown[] {
  const members = [...(node.parts.get('member')?.parts ?? [])].filter(([position]) => LIST_POSITION.test(position));
  return members.sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => read(member, element));
}

function scalar(text: string | undefined, type: Shape['type']): unknown {
  if (text === undefined) return undefined;
  if (type === 'integer') return /^-?[0-9]{1,16}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'timestamp') return seconds(text);
  return text;
}

/** From ISO 8601, the protocol's form. */
function seconds(text: string): number | string {
  const atMs = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? text : atMs / 1000;
}
