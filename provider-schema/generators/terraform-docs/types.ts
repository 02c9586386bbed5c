/** Types of attributes in words. */
import type { AttributeType } from '../../terraform.ts';
import { codeList } from './markdown.ts';

/** `list of strings` */
export function typeName(type: AttributeType): string {
  if (typeof type === 'string') return type;
  return type[0] === 'object' ? 'object' : `${type[0]} of ${typeName(type[1])}s`;
}

/** What the objects of a type hold, as a sentence; undefined: the type has no objects. */
export function membersOf(type: AttributeType): string | undefined {
  if (typeof type === 'string') return undefined;
  if (type[0] !== 'object') return membersOf(type[1]);
  const plain = Object.entries(type[1]).filter(([, member]) => membersOf(member) === undefined);
  const nested = Object.entries(type[1]).flatMap(([name, member]) => {
    const inner = membersOf(member);
    return inner === undefined ? [] : [`\`${name}\`: ${inner}`];
  });
  const names = codeList(
    plain.map(([name]) => name),
    'and',
  );
  return [`an object has ${names}`, ...nested].join('; ');
}
