/** Requests of the Query protocol, encoded like a client does, according to the contract's shapes. */
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';

type Pair = readonly [name: string, value: string];

/** JSON as `Tags.member.1.Key=a&…`; an empty list becomes its name with an empty value. */
export function formOf(action: string, version: string, shapeName: string, json: unknown): string {
  const pairs: readonly Pair[] = [['Action', action], ['Version', version], ...pairsOf(shapeName, json, '')];
  return pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
}

function pairsOf(shapeName: string, json: unknown, at: string): readonly Pair[] {
  const shape = shapeOf(shapeName);
  if (json === undefined || json === null) return [];
  if (shape.type === 'structure' && typeof json === 'object') {
    return Object.entries(json).flatMap(([name, value]) =>
      Object.hasOwn(shape.members, name)
        ? pairsOf(shape.members[name] ?? '', value, at === '' ? name : `${at}.${name}`)
        : [],
    );
  }
  if (shape.type === 'list' && Array.isArray(json)) {
    if (json.length === 0) return [[at, '']];
    return json.flatMap((item, i) => pairsOf(shape.member, item, `${at}.member.${i + 1}`));
  }
  if (shape.type === 'timestamp' && typeof json === 'number') return [[at, new Date(json * 1000).toISOString()]];
  return [[at, String(json)]];
}
