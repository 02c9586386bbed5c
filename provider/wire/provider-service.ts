/**
 * The service tfplugin6.Provider: one row per RPC that decodes its message, asks the engine, and encodes the answer.
 * Private state is returned as it came: this provider keeps nothing there.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type Engine, UnknownTypeError } from '../engine/engine.ts';
import { refinementAt } from '../engine/refinement.ts';
import { identityType, levelType } from '../engine/type.ts';
import type { ObjectValue } from '../engine/value.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { actionRows } from './action-rows.ts';
import { CodecError } from './codec/codec-error.ts';
import { decodeObject, encodeDynamicValue } from './codec/dynamic-value.ts';
import { decodeJson } from './codec/json.ts';
import { ephemeralRows } from './ephemeral-rows.ts';
import { functionRows } from './function-rows.ts';
import type { Method } from './grpc.ts';
import { listRows } from './list-rows.ts';
import type { Log } from './log.ts';
import { diagnosticMessages, replacementMessages } from './paths.ts';
import {
  askingOf,
  deferredMessage,
  identityMessage,
  type Report,
  type Rows,
  reportTo,
  requireObject,
  rpc,
  rpcWith,
} from './rpc.ts';
import { schemaRows } from './schema-rows.ts';

function storedJson(raw: tfplugin6.RawState.$Properties | null | undefined): Uint8Array {
  if (raw?.json && raw.json.length > 0) return raw.json;
  throw new CodecError([], 'the state is in a format from before Terraform 0.12, upgrade it with Terraform 0.12 first');
}

function configurationRows<Client>(engine: Engine<Client>, report: Report): Rows {
  const providerType = levelType(engine.provider.record);
  return [
    [
      'ValidateProviderConfig',
      rpc(tfplugin6.ValidateProviderConfig, ({ config }) => {
        const found = engine.validateProvider(requireObject(providerType, config));
        return { diagnostics: report(providerType, found) };
      }),
    ],
    [
      'ValidateResourceConfig',
      rpc(tfplugin6.ValidateResourceConfig, ({ typeName, config, clientCapabilities }) => {
        const type = levelType(engine.requireResource(typeName).record);
        const found = engine.validateResource(typeName, requireObject(type, config), {
          writeOnlyAllowed: clientCapabilities?.writeOnlyAttributesAllowed ?? false,
        });
        return { diagnostics: report(type, found) };
      }),
    ],
    [
      'ValidateDataResourceConfig',
      rpc(tfplugin6.ValidateDataResourceConfig, ({ typeName, config }) => {
        const type = levelType(engine.requireDataSource(typeName).record);
        const found = engine.validateDataSource(typeName, requireObject(type, config));
        return { diagnostics: report(type, found) };
      }),
    ],
    [
      'ConfigureProvider',
      rpc(tfplugin6.ConfigureProvider, async ({ config, terraformVersion }) => {
        const found = await engine.configure(requireObject(providerType, config), terraformVersion);
        return { diagnostics: report(providerType, found) };
      }),
    ],
    [
      'StopProvider',
      // Its response has no diagnostics: an empty error text is success.
      rpcWith(
        tfplugin6.StopProvider,
        () => {
          engine.stop();
          return {};
        },
        () => ({}),
      ),
    ],
  ];
}

/** States from elsewhere: from before this version, or of another provider. */
function storedStateRows<Client>(engine: Engine<Client>): Rows {
  return [
    [
      'UpgradeResourceState',
      rpc(tfplugin6.UpgradeResourceState, ({ typeName, rawState }) => {
        const type = levelType(engine.requireResource(typeName).record);
        const stored = decodeJson(type, storedJson(rawState)) as ObjectValue;
        return { upgradedState: encodeDynamicValue(type, engine.upgrade(typeName, stored)) };
      }),
    ],
    [
      'UpgradeResourceIdentity',
      rpc(tfplugin6.UpgradeResourceIdentity, ({ typeName, rawIdentity }) => {
        const { identity } = engine.requireResource(typeName).record;
        if (identity === undefined) throw new UnknownTypeError(`${typeName} has no identity`);
        const type = identityType(identity);
        const data = encodeDynamicValue(type, decodeJson(type, storedJson(rawIdentity)));
        return { upgradedIdentity: { identityData: data } };
      }),
    ],
    [
      'MoveResourceState',
      rpc(
        tfplugin6.MoveResourceState,
        ({ sourceProviderAddress, sourceTypeName, sourceState, targetTypeName, sourcePrivate }) => {
          const type = levelType(engine.requireResource(targetTypeName).record);
          const isSameKind = sourceProviderAddress.split('/').at(-1) === engine.provider.record.type;
          if (sourceTypeName !== targetTypeName || !isSameKind) return { diagnostics: [cannotMove(targetTypeName)] };
          const stored = decodeJson(type, storedJson(sourceState)) as ObjectValue;
          const state = engine.upgrade(targetTypeName, stored);
          return { targetState: encodeDynamicValue(type, state), targetPrivate: sourcePrivate };
        },
      ),
    ],
  ];
}

function readRows<Client>(engine: Engine<Client>, report: Report): Rows {
  return [
    [
      'ImportResourceState',
      rpc(tfplugin6.ImportResourceState, async ({ typeName, id, identity, clientCapabilities }) => {
        const { record } = engine.requireResource(typeName);
        const type = levelType(record);
        const named =
          identity?.identityData && record.identity !== undefined
            ? { identity: requireObject(identityType(record.identity), identity.identityData) }
            : { id };
        const imported = await engine.import(typeName, named, askingOf(undefined, { clientCapabilities }));
        const { state, diagnostics } = imported;
        const messages = report(type, diagnostics);
        if (state === null) return { diagnostics: messages, ...deferredMessage(imported) };
        const known = identityMessage(record, engine.identity(typeName, state)) ?? identity;
        const resource = {
          typeName,
          state: encodeDynamicValue(type, state),
          ...defined({ identity: known ?? undefined }),
        };
        return { importedResources: [resource], diagnostics: messages };
      }),
    ],
    [
      'ReadResource',
      rpc(tfplugin6.ReadResource, async (request) => {
        const { typeName, currentState, private: kept, currentIdentity } = request;
        const { record } = engine.requireResource(typeName);
        const type = levelType(record);
        const current = decodeObject(type, currentState);
        const outcome =
          current === null
            ? { state: null, diagnostics: [] }
            : await engine.read(typeName, current, askingOf(engine.provider.meta, request));
        const { state, diagnostics } = outcome;
        const identity = identityMessage(record, engine.identity(typeName, state)) ?? currentIdentity;
        return {
          newState: encodeDynamicValue(type, state),
          diagnostics: report(type, diagnostics),
          private: kept,
          ...deferredMessage(outcome),
          ...defined({ newIdentity: state === null ? undefined : (identity ?? undefined) }),
        };
      }),
    ],
    [
      'ReadDataSource',
      rpc(tfplugin6.ReadDataSource, async (request) => {
        const { typeName, config } = request;
        const type = levelType(engine.requireDataSource(typeName).record);
        const asking = askingOf(engine.provider.meta, request);
        const outcome = await engine.readData(typeName, requireObject(type, config), asking);
        return {
          state: encodeDynamicValue(type, outcome.state),
          diagnostics: report(type, outcome.diagnostics),
          ...deferredMessage(outcome),
        };
      }),
    ],
  ];
}

function cannotMove(targetTypeName: string): tfplugin6.Diagnostic.$Properties {
  const [message] = diagnosticMessages(undefined, [
    {
      severity: 'error',
      summary: 'Cannot move the resource',
      detail: `Only a ${targetTypeName} of another AWS provider can be moved to a ${targetTypeName}. Remove the moved block and import the object instead.`,
    },
  ]);
  return message ?? {};
}

function changeRows<Client>(engine: Engine<Client>, report: Report): Rows {
  return [
    [
      'PlanResourceChange',
      rpc(tfplugin6.PlanResourceChange, async (request) => {
        const { typeName, priorPrivate, priorIdentity } = request;
        const { record } = engine.requireResource(typeName);
        const type = levelType(record);
        // Terraform says that it plans a destroy with a null proposal; the configuration is null too.
        const isDestroy = decodeObject(type, request.proposedNewState) === null;
        const subject = {
          config: isDestroy ? null : requireObject(type, request.config),
          prior: decodeObject(type, request.priorState),
        };
        const outcome = await engine.plan(typeName, subject, askingOf(engine.provider.meta, request));
        const { planned, requiresReplace, diagnostics } = outcome;
        return {
          plannedState: encodeDynamicValue(type, planned, (path) => refinementAt(record, path)),
          requiresReplace: replacementMessages(type, requiresReplace),
          plannedPrivate: priorPrivate,
          legacyTypeSystem: record.legacyTypeSystem ?? false,
          diagnostics: report(type, diagnostics),
          ...deferredMessage(outcome),
          ...defined({ plannedIdentity: isDestroy ? undefined : (priorIdentity ?? undefined) }),
        };
      }),
    ],
    [
      'ApplyResourceChange',
      rpc(tfplugin6.ApplyResourceChange, async (request) => {
        const { typeName, plannedPrivate, plannedIdentity } = request;
        const { record } = engine.requireResource(typeName);
        const type = levelType(record);
        const change = {
          prior: decodeObject(type, request.priorState),
          planned: decodeObject(type, request.plannedState),
          config: decodeObject(type, request.config),
        };
        const asking = askingOf(engine.provider.meta, request);
        const { state, diagnostics } = await engine.apply(typeName, change, asking);
        const identity = identityMessage(record, engine.identity(typeName, state)) ?? plannedIdentity;
        return {
          newState: encodeDynamicValue(type, state),
          private: plannedPrivate,
          legacyTypeSystem: record.legacyTypeSystem ?? false,
          diagnostics: report(type, diagnostics),
          ...defined({ newIdentity: state === null ? undefined : (identity ?? undefined) }),
        };
      }),
    ],
  ];
}

/** Every RPC served, by gRPC path. Terraform and OpenTofu take UNIMPLEMENTED for the others. */
export function providerService<Client>(engine: Engine<Client>, log: Log): ReadonlyMap<string, Method> {
  const report = reportTo(log);
  const rows = [
    ...schemaRows(engine),
    ...configurationRows(engine, report),
    ...storedStateRows(engine),
    ...readRows(engine, report),
    ...changeRows(engine, report),
    ...ephemeralRows(engine, report),
    ...functionRows(engine),
    ...listRows(engine, report, log),
    ...actionRows(engine, report),
  ];
  return new Map(rows.map(([name, method]) => [`/tfplugin6.Provider/${name}`, method]));
}
