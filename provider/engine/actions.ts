/** Carries out an action, and hands on what it tells the user meanwhile. */
import { diagnosticsOf } from './diagnostics.ts';
import type { ActionType, Diagnostic } from './resource.ts';
import type { ObjectValue } from './value.ts';

export type ActionEvent =
  | { readonly progress: string }
  /** The last event. */
  | { readonly completed: readonly Diagnostic[] };

export async function* invokeAction<Client>(
  type: ActionType<Client>,
  client: Client,
  config: ObjectValue,
): AsyncGenerator<ActionEvent> {
  const messages: string[] = [];
  let wake = (): void => {};
  const progress = (message: string): void => {
    messages.push(message);
    wake();
  };
  let outcome: readonly Diagnostic[] | undefined;
  const settle = (diagnostics: readonly Diagnostic[]): void => {
    outcome = diagnostics;
    wake();
  };
  type.invoke(client, config, progress).then(
    () => settle([]),
    (error) => settle(diagnosticsOf(error, `invoking ${type.record.type}`)),
  );
  for (;;) {
    for (let next = messages.shift(); next !== undefined; next = messages.shift()) yield { progress: next };
    if (outcome !== undefined) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  yield { completed: outcome };
}
