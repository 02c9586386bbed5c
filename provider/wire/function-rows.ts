/** CallFunction. Terraform never passes null or unknown where the schema does not allow it; other clients are told. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { isWhollyKnown } from '../engine/compare.ts';
import type { Engine } from '../engine/engine.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { CodecError } from './codec/codec-error.ts';
import { decodeDynamicValue, encodeDynamicValue } from './codec/dynamic-value.ts';
import { type Rows, rpcWith } from './rpc.ts';

function decodeArguments(
  parameters: readonly { readonly name: string; readonly type: Parameters<typeof decodeDynamicValue>[0] }[],
  messages: readonly tfplugin6.DynamicValue.$Properties[],
) {
  return messages.map((message, index) => {
    const parameter = parameters[index];
    if (parameter === undefined) throw new CodecError([], `there is no argument ${index + 1}`);
    const value = decodeDynamicValue(parameter.type, message);
    if (value === null || !isWhollyKnown(value)) throw new CodecError([parameter.name], 'expected a known value');
    return value;
  });
}

export function functionRows<Client>(engine: Engine<Client>): Rows {
  return [
    [
      'CallFunction',
      rpcWith(
        tfplugin6.CallFunction,
        (request) => {
          const { record } = engine.requireFunction(request.name);
          const outcome = engine.callFunction(
            request.name,
            decodeArguments(record.parameters, request.arguments ?? []),
          );
          if ('result' in outcome) return { result: encodeDynamicValue(record.returns, outcome.result) };
          return { error: { text: outcome.error, ...defined({ functionArgument: outcome.argument }) } };
        },
        (diagnostics) => ({ error: { text: diagnostics.map(({ detail }) => detail).join(' ') } }),
      ),
    ],
  ];
}
