/** Which construct a resource belongs to. */
import type { IConstruct } from 'constructs';

/** The construct that a user wrote: the one around a `Resource`, or the binding itself. */
export function declaring(resource: IConstruct): IConstruct {
  return resource.node.id === 'Resource' && resource.node.scope !== undefined ? resource.node.scope : resource;
}
