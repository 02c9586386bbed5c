/** The RPCs of ephemeral resources. What an open one keeps is text here and bytes in the protocol. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Engine } from '../engine/engine.ts';
import { levelType } from '../engine/type.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { encodeDynamicValue } from './codec/dynamic-value.ts';
import { askingOf, deferredMessage, type Report, type Rows, requireObject, rpc } from './rpc.ts';

function timestamp(date: Date): tfplugin6.Timestamp.$Properties {
  const seconds = Math.floor(date.getTime() / 1000);
  return { seconds, nanos: (date.getTime() - seconds * 1000) * 1_000_000 };
}

function lifetime({ renewAt, kept }: { readonly renewAt?: Date; readonly kept?: string }) {
  return defined({
    renewAt: renewAt && timestamp(renewAt),
    private: kept === undefined ? undefined : Buffer.from(kept),
  });
}

const textOf = (kept: Uint8Array | null | undefined): string => Buffer.from(kept ?? []).toString();

export function ephemeralRows<Client>(engine: Engine<Client>, report: Report): Rows {
  return [
    [
      'ValidateEphemeralResourceConfig',
      rpc(tfplugin6.ValidateEphemeralResourceConfig, ({ typeName, config }) => {
        const type = levelType(engine.requireEphemeral(typeName).record);
        const found = engine.validateEphemeral(typeName, requireObject(type, config));
        return { diagnostics: report(type, found) };
      }),
    ],
    [
      'OpenEphemeralResource',
      rpc(tfplugin6.OpenEphemeralResource, async ({ typeName, config, clientCapabilities }) => {
        const type = levelType(engine.requireEphemeral(typeName).record);
        const asking = askingOf(undefined, { clientCapabilities });
        const opened = await engine.open(typeName, requireObject(type, config), asking);
        return {
          result: encodeDynamicValue(type, opened.result),
          diagnostics: report(type, opened.diagnostics),
          ...lifetime(opened),
          ...deferredMessage(opened),
        };
      }),
    ],
    [
      'RenewEphemeralResource',
      rpc(tfplugin6.RenewEphemeralResource, async ({ typeName, private: kept }) => {
        const type = levelType(engine.requireEphemeral(typeName).record);
        const renewed = await engine.renew(typeName, textOf(kept));
        return { diagnostics: report(type, renewed.diagnostics), ...lifetime(renewed) };
      }),
    ],
    [
      'CloseEphemeralResource',
      rpc(tfplugin6.CloseEphemeralResource, async ({ typeName, private: kept }) => {
        const type = levelType(engine.requireEphemeral(typeName).record);
        return { diagnostics: report(type, await engine.close(typeName, textOf(kept))) };
      }),
    ],
  ];
}
