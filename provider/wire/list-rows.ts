/** The RPCs of list resources. Objects that are left out go to the log. */
import type { Engine } from '../engine/engine.ts';
import type { ListEvent } from '../engine/listing.ts';
import { levelType } from '../engine/type.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { encodeDynamicValue } from './codec/dynamic-value.ts';
import type { Log } from './log.ts';
import { identityMessage, type Report, type Rows, requireObject, rpc, streamRpc } from './rpc.ts';

type EventMessage = tfplugin6.ListResource.Event.$Properties;

export function listRows<Client>(engine: Engine<Client>, report: Report, log: Log): Rows {
  function* messages(typeName: string, event: ListEvent, withObject: boolean): Generator<EventMessage> {
    const { record } = engine.requireResource(typeName);
    const type = levelType(record);
    if ('leftOut' in event) log('info', event.leftOut);
    else if ('failure' in event)
      yield { diagnostic: report(levelType(engine.requireList(typeName).record), event.failure) };
    else
      yield {
        displayName: event.displayName,
        diagnostic: report(type, event.diagnostics),
        identity: identityMessage(record, event.identity) ?? null,
        ...(withObject && { resourceObject: encodeDynamicValue(type, event.state) }),
      };
  }
  return [
    [
      'ValidateListResourceConfig',
      rpc(tfplugin6.ValidateListResourceConfig, ({ typeName, config }) => {
        const type = levelType(engine.requireList(typeName).record);
        return { diagnostics: report(type, engine.validateList(typeName, requireObject(type, config))) };
      }),
    ],
    [
      'ListResource',
      streamRpc(
        tfplugin6.ListResource,
        async function* ({ typeName, config, limit, includeResourceObject }) {
          const type = levelType(engine.requireList(typeName).record);
          const events = engine.list(typeName, { config: requireObject(type, config), limit: Math.max(0, limit) });
          for await (const event of events) yield* messages(typeName, event, includeResourceObject);
        },
        (diagnostic): EventMessage => ({ diagnostic }),
      ),
    ],
  ];
}
