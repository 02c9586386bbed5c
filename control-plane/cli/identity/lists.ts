/** Lists of the control plane, read whole. */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import type { Connection } from '../shared/connection.ts';

type Member<Name extends OperationName> = keyof OutputJson<Name> & string;

type Item<List> = NonNullable<List> extends readonly (infer One)[] ? One : never;

interface Page extends Readonly<Record<string, unknown>> {
  readonly IsTruncated?: boolean;
  readonly Marker?: string;
}

/** Every item of the answer's member, page by page: `listAll(connection, 'ListUsers', {}, 'Users')`. */
export async function listAll<Name extends OperationName, List extends Member<Name>>(
  connection: Connection,
  name: Name,
  input: InputJson<Name> & object,
  member: List,
): Promise<readonly Item<OutputJson<Name>[List]>[]> {
  const items: Item<OutputJson<Name>[List]>[] = [];
  for (let asked: object = input, more = true; more; ) {
    // The types do not say which operations answer in pages.
    const page = (await connection.call(name, asked as InputJson<Name>)) as Page;
    items.push(...((page[member] ?? []) as typeof items));
    more = page.IsTruncated === true;
    asked = { ...input, Marker: page.Marker };
  }
  return items;
}
