/** How a construct refuses its arguments: an error that begins with the construct's path and ends with what to do. */
import type { IConstruct } from 'constructs';

/** @throws always, with the construct's path in front of the message. */
export function refuse(at: IConstruct, problem: string, remedy: string): never {
  throw new Error(`[${at.node.path}] ${problem} ${remedy}`.trimEnd());
}
