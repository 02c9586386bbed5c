/**
 * The service tfplugin6.Provider: one row per RPC that decodes its message, asks the engine, and encodes the answer.
 * Private state is returned as it came: this provider keeps nothing there.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { type Engine, UnknownTypeError } from '../engine/engine.ts';
import type { Diagnostic } from '../engine/resource.ts';
import { identityType, levelType, type ObjectType } from '../engine/type.ts';
import type { ObjectValue } from '../engine/value.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { CodecError } from './codec/codec-error.ts';
import { type DynamicValue, decodeObject, encodeDynamicValue } from './codec/dynamic-value.ts';
import { decodeJson } from './codec/json.ts';
import type { Method } from './grpc.ts';
import type { Log } from './log.ts';
import { diagnosticMessages, replacementMessages } from './paths.ts';
import { identitySchemaMessage, metaSchemaMessage, schemaMessage } from './schema.ts';
import { GrpcError, status } from './status.ts';

interface MessageClass<Message> {
  decode(bytes: Uint8Array): Message;
}

interface PropertiesClass<Properties> {
  encode(message: Properties): { finish(): Uint8Array };
}

interface Reporting {
  diagnostics?: tfplugin6.Diagnostic.$Properties[] | null;
}

/** The diagnostic for a message that cannot be decoded, which is a fault of Terraform or of this provider. */
function misunderstanding(error: CodecError | UnknownTypeError): Diagnostic {
  const detail = `${error.message}. Terraform and this provider do not agree on a value or type; check that their versions match the state.`;
  return { severity: 'error', summary: 'The provider could not read a request', detail };
}

function rpc<Request, Response extends Reporting>(
  { Request, Response }: { Request: MessageClass<Request>; Response: PropertiesClass<Response> },
  answer: (request: Request) => Promise<Response> | Response,
): Method {
  const decode = (bytes: Uint8Array): Request => {
    try {
      return Request.decode(bytes);
    } catch {
      throw new GrpcError(status.INVALID_ARGUMENT, 'the request is not a message of this method');
    }
  };
  return {
    kind: 'unary',
    async handle(bytes) {
      const request = decode(bytes);
      try {
        return Response.encode(await answer(request)).finish();
      } catch (error) {
        if (!(error instanceof CodecError || error instanceof UnknownTypeError)) throw error;
        const refusal = { diagnostics: diagnosticMessages(undefined, [misunderstanding(error)]) };
        return Response.encode(refusal as Response).finish();
      }
    },
  };
}

/** An object that must be there; Terraform never sends null in its place. */
function requireObject(type: ObjectType, message: DynamicValue | null | undefined): ObjectValue {
  const value = decodeObject(type, message);
  if (value === null) throw new CodecError([], 'expected an object, found null');
  return value;
}

type Identity = tfplugin6.ResourceIdentityData.$Properties;

function identityMessage(record: TerraformRecord, identity: ObjectValue | null): Identity | undefined {
  if (identity === null || record.identity === undefined) return undefined;
  return { identityData: encodeDynamicValue(identityType(record.identity), identity) };
}

function storedJson(raw: tfplugin6.RawState.$Properties | null | undefined): Uint8Array {
  if (raw?.json && raw.json.length > 0) return raw.json;
  throw new CodecError([], 'the state is in a format from before Terraform 0.12, upgrade it with Terraform 0.12 first');
}

const capabilities: tfplugin6.ServerCapabilities.$Properties = {
  planDestroy: true,
  getProviderSchemaOptional: true,
  moveResourceState: true,
  generateResourceConfig: false,
};

/** Encodes diagnostics; the exceptions behind them go to the log. */
type Report = typeof diagnosticMessages;

function reportTo(log: Log): Report {
  return (type, diagnostics) => {
    for (const { cause } of diagnostics) {
      if (cause !== undefined) log('error', cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    }
    return diagnosticMessages(type, diagnostics);
  };
}

type Rows = readonly (readonly [name: string, method: Method])[];

function schemaRows<Client>({ provider }: Engine<Client>): Rows {
  const { record, resources, dataSources, meta } = provider;
  const schemas = (types: readonly { readonly record: TerraformRecord }[]) =>
    Object.fromEntries(types.map((type) => [type.record.type, schemaMessage(type.record)]));
  const names = (types: readonly { readonly record: TerraformRecord }[]) =>
    types.map((type) => ({ typeName: type.record.type }));
  return [
    [
      'GetMetadata',
      rpc(tfplugin6.GetMetadata, () => ({
        serverCapabilities: capabilities,
        resources: names(resources),
        dataSources: names(dataSources),
      })),
    ],
    [
      'GetProviderSchema',
      rpc(tfplugin6.GetProviderSchema, () => ({
        provider: schemaMessage(record),
        ...defined({ providerMeta: meta && metaSchemaMessage(meta) }),
        resourceSchemas: schemas(resources),
        dataSourceSchemas: schemas(dataSources),
        serverCapabilities: capabilities,
      })),
    ],
    [
      'GetResourceIdentitySchemas',
      rpc(tfplugin6.GetResourceIdentitySchemas, () => ({
        identitySchemas: Object.fromEntries(
          resources.flatMap(({ record: { type, identity } }) =>
            identity === undefined ? [] : [[type, identitySchemaMessage(identity)]],
          ),
        ),
      })),
    ],
    ['GetFunctions', rpc(tfplugin6.GetFunctions, () => ({}))],
  ];
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
      rpc({ Request: tfplugin6.StopProvider.Request, Response: emptyResponse }, () => {
        engine.stop();
        return {};
      }),
    ],
  ];
}

const emptyResponse: PropertiesClass<Reporting> = { encode: () => tfplugin6.StopProvider.Response.encode({}) };

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
      rpc(tfplugin6.ImportResourceState, async ({ typeName, id, identity }) => {
        const { record } = engine.requireResource(typeName);
        const type = levelType(record);
        const named =
          identity?.identityData && record.identity !== undefined
            ? { identity: requireObject(identityType(record.identity), identity.identityData) }
            : { id };
        const { state, diagnostics } = await engine.import(typeName, named);
        const messages = report(type, diagnostics);
        if (state === null) return { diagnostics: messages };
        const known = identityMessage(record, engine.identity(typeName, state)) ?? identity;
        const imported = {
          typeName,
          state: encodeDynamicValue(type, state),
          ...defined({ identity: known ?? undefined }),
        };
        return { importedResources: [imported], diagnostics: messages };
      }),
    ],
    [
      'ReadResource',
      rpc(tfplugin6.ReadResource, async ({ typeName, currentState, private: kept, currentIdentity }) => {
        const { record } = engine.requireResource(typeName);
        const type = levelType(record);
        const current = decodeObject(type, currentState);
        const { state, diagnostics } =
          current === null ? { state: null, diagnostics: [] } : await engine.read(typeName, current);
        const identity = identityMessage(record, engine.identity(typeName, state)) ?? currentIdentity;
        return {
          newState: encodeDynamicValue(type, state),
          diagnostics: report(type, diagnostics),
          private: kept,
          ...defined({ newIdentity: state === null ? undefined : (identity ?? undefined) }),
        };
      }),
    ],
    [
      'ReadDataSource',
      rpc(tfplugin6.ReadDataSource, async ({ typeName, config }) => {
        const type = levelType(engine.requireDataSource(typeName).record);
        const { state, diagnostics } = await engine.readData(typeName, requireObject(type, config));
        return { state: encodeDynamicValue(type, state), diagnostics: report(type, diagnostics) };
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
        const { planned, requiresReplace, diagnostics } = await engine.plan(typeName, {
          config: isDestroy ? null : requireObject(type, request.config),
          prior: decodeObject(type, request.priorState),
        });
        return {
          plannedState: encodeDynamicValue(type, planned),
          requiresReplace: replacementMessages(type, requiresReplace),
          plannedPrivate: priorPrivate,
          legacyTypeSystem: record.legacyTypeSystem ?? false,
          diagnostics: report(type, diagnostics),
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
        const { state, diagnostics } = await engine.apply(typeName, {
          prior: decodeObject(type, request.priorState),
          planned: decodeObject(type, request.plannedState),
          config: decodeObject(type, request.config),
        });
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
  ];
  return new Map(rows.map(([name, method]) => [`/tfplugin6.Provider/${name}`, method]));
}
