/**
 * Text that is known when the stack is written. `Lazy.stringValue` is the same, but remembers where it was called, which
 * takes most of the time of a large program.
 */
import { Token } from '../cdk.ts';

export function lateText(produce: () => string): string {
  return Token.asString({ creationStack: [], resolve: produce, toString: () => '<known when the stack is written>' });
}
