/**
 * Shortens the module that AJV generates. AJV's functions return a boolean, count violations, keep them in a property
 * of the function, and spend eight lines on each. Here a function returns its violations, or null, and is named after
 * its shape. AJV still decides the checks and their order.
 */
import { Name } from 'ajv';
import { limits } from '../limits.ts';

/** AJV's variable for the violations found so far; null before the first. */
export const vErrors = new Name('vErrors');
/** `within(all, inner, path)`: appends to `all` the violations `inner`, found in the value at `path`. */
export const within = new Name('within');
/** `ofName(all, inner, name)`: appends to `all` the violations `inner`, found in the name of a map's member. */
export const ofName = new Name('ofName');

/**
 * Functions that the generated ones call. Paths are relative to the function's own value, hence the constant. Of a
 * hostile request's violations, those beyond the counted ones are dropped, so that they take no time.
 */
const helpers = `
const instancePath = "";

function and(all, violation) {
return join(all, [violation]);
}

function within(all, inner, path) {
for(const violation of inner) violation.instancePath = path + violation.instancePath;
return join(all, inner);
}

function ofName(all, inner, name) {
for(const violation of inner) violation.propertyName = name;
return join(all, inner);
}

function join(all, inner) {
if(all === null) return inner;
if(all.length < ${limits.countedViolations}) all.push(...inner);
return all;
}
`;

const head =
  /function (validate\d+)\(data, \{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}\)\{\n\/\*# sourceURL="(\w+)" \*\/;\nlet vErrors = null;\nlet errors = 0;/g;
const failure =
  /const err\d+ = (\{.*\});\nif\(vErrors === null\)\{\nvErrors = .*\n\}\nelse \{\nvErrors\.push.*\n\}\nerrors\+\+;/g;
const tail = /validate\d+\.errors = vErrors;\nreturn errors === 0;/g;

/**
 * @param code the output of AJV's standalone mode, with line ends
 * @throws Error when a part of it does not have the expected form, for example from another version of AJV
 */
export function compactModule(code: string): string {
  const exported = new Set([...code.matchAll(/^export const (\w+) = /gm)].map(([, shape]) => shape));
  const shapes = new Map([...code.matchAll(head)].map(([, validate = '', shape = '']) => [validate, shape]));
  const compact = code
    .replace('"use strict";', '')
    .replace(/^export const .*\n/gm, '')
    .replace(head, 'function $1(data){\nlet vErrors = null;')
    .replace(failure, 'vErrors = and(vErrors, $1);')
    .replace(tail, 'return vErrors;')
    .replace(/schemaPath:"[^"]*",/g, '')
    .replace(/\bvalidate\d+\b/g, (name) => shapes.get(name) ?? name)
    .replace(/^function (\w+)(?=\(data\))/gm, (text, shape) => (exported.has(shape) ? `export ${text}` : text));
  const unknown = /\b(errors|err\d+|_errs\d+|validate\d+|rootData)\b/.exec(compact);
  if (unknown) throw new Error(`AJV's code has an unexpected form, at ${unknown[0]}`);
  return `${helpers}${withoutUnusedSchemas(compact)}`.replace(/\n{3,}/g, '\n\n');
}

/** AJV declares every schema, but its functions read only those with enumerations. */
function withoutUnusedSchemas(code: string): string {
  const used = new Set([...code.matchAll(/\b(schema\d+)\./g)].map(([, name]) => name));
  return code.replace(/^const (schema\d+) = .*\n/gm, (line, name) => (used.has(name) ? line : ''));
}
