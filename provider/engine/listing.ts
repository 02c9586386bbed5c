/** Lists objects that exist, each with its identity, as far as Terraform wants them. */
import { isWhollyKnown } from './compare.ts';
import { conform } from './conform.ts';
import { contractFault, diagnosticsOf } from './diagnostics.ts';
import type { Diagnostic, ListResourceType, ResourceType } from './resource.ts';
import type { ObjectValue } from './value.ts';

export interface ListRequest {
  readonly config: ObjectValue;
  /** Most objects to return; 0: all. */
  readonly limit: number;
}

export type ListEvent =
  | {
      readonly displayName: string;
      readonly identity: ObjectValue;
      readonly state: ObjectValue;
      readonly diagnostics: readonly Diagnostic[];
    }
  /** The listing ends here. */
  | { readonly failure: readonly Diagnostic[] }
  /** For the log: the listing goes on without this object. */
  | { readonly leftOut: string };

export async function* listObjects<Client>(
  type: ListResourceType<Client>,
  resource: ResourceType<Client>,
  client: Client,
  { config, limit }: ListRequest,
): AsyncGenerator<ListEvent> {
  let count = 0;
  try {
    for await (const listed of type.list(client, config)) {
      if ('leftOut' in listed) {
        yield listed;
        continue;
      }
      const { value, faults } = conform(resource.record, listed.state, { unknowns: 'refused', absent: 'refused' });
      const identity = resource.identity?.(client, value);
      if (identity === undefined || !isWhollyKnown(identity)) {
        yield { leftOut: `${listed.displayName} has no identity` };
        continue;
      }
      const diagnostics = faults.map(({ path, what }) => contractFault(type.record.type, path, what));
      yield { displayName: listed.displayName, identity, state: value, diagnostics };
      count += 1;
      if (count === limit) return;
    }
  } catch (error) {
    yield { failure: diagnosticsOf(error, `listing ${type.record.type}`) };
  }
}
