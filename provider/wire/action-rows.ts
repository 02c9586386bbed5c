/** The RPCs of actions. */
import type { Engine } from '../engine/engine.ts';
import { levelType } from '../engine/type.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { decodeObject } from './codec/dynamic-value.ts';
import { askingOf, deferredMessage, type Report, type Rows, requireObject, rpc, streamRpc } from './rpc.ts';

type EventMessage = tfplugin6.InvokeAction.Event.$Properties;

export function actionRows<Client>(engine: Engine<Client>, report: Report): Rows {
  return [
    [
      'ValidateActionConfig',
      rpc(tfplugin6.ValidateActionConfig, ({ typeName, config }) => {
        const type = levelType(engine.requireAction(typeName).record);
        return { diagnostics: report(type, engine.validateAction(typeName, requireObject(type, config))) };
      }),
    ],
    [
      'PlanAction',
      rpc(tfplugin6.PlanAction, ({ actionType, config, clientCapabilities }) => {
        const type = levelType(engine.requireAction(actionType).record);
        decodeObject(type, config);
        const planned = engine.planAction(actionType, askingOf(undefined, { clientCapabilities }));
        return { diagnostics: report(type, planned.diagnostics), ...deferredMessage(planned) };
      }),
    ],
    [
      'InvokeAction',
      streamRpc(
        tfplugin6.InvokeAction,
        async function* ({ actionType, config }): AsyncGenerator<EventMessage> {
          const type = levelType(engine.requireAction(actionType).record);
          for await (const event of engine.invoke(actionType, requireObject(type, config))) {
            if ('progress' in event) yield { progress: { message: event.progress } };
            else yield { completed: { diagnostics: report(type, event.completed) } };
          }
        },
        (diagnostics): EventMessage => ({ completed: { diagnostics } }),
      ),
    ],
  ];
}
