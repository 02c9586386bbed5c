/**
 * RPCs: each message decoded, each answer encoded, and what goes wrong between as the status or diagnostics that fit.
 */
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { type Asking, type Deferrable, UnknownTypeError } from '../engine/engine.ts';
import type { Diagnostic } from '../engine/resource.ts';
import { identityType, levelType, type ObjectType } from '../engine/type.ts';
import type { ObjectValue } from '../engine/value.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';
import { CodecError } from './codec/codec-error.ts';
import { type DynamicValue, decodeObject, encodeDynamicValue } from './codec/dynamic-value.ts';
import type { Method } from './grpc.ts';
import type { Log } from './log.ts';
import { diagnosticMessages } from './paths.ts';
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

type Misunderstanding = CodecError | UnknownTypeError;

const isMisunderstanding = (error: unknown): error is Misunderstanding =>
  error instanceof CodecError || error instanceof UnknownTypeError;

/** The diagnostic for a message that cannot be decoded, which is a fault of Terraform or of this provider. */
function misunderstanding(error: Misunderstanding): Diagnostic {
  const detail = `${error.message}. Terraform and this provider do not agree on a value or type; check that their versions match the state.`;
  const path = error instanceof CodecError ? error.path : [];
  return { severity: 'error', summary: 'The provider could not read a request', detail, path };
}

function decoded<Request>(Request: MessageClass<Request>, bytes: Uint8Array): Request {
  try {
    return Request.decode(bytes);
  } catch {
    throw new GrpcError(status.INVALID_ARGUMENT, 'the request is not a message of this method');
  }
}

function messagesOf(error: Misunderstanding): tfplugin6.Diagnostic.$Properties[] {
  return diagnosticMessages(error instanceof CodecError ? error.type : undefined, [misunderstanding(error)]);
}

export function rpc<Request, Response extends Reporting>(
  { Request, Response }: { Request: MessageClass<Request>; Response: PropertiesClass<Response> },
  answer: (request: Request) => Promise<Response> | Response,
): Method {
  return rpcWith({ Request, Response }, answer, (diagnostics) => ({ diagnostics }) as Response);
}

/** For a response that reports in another way. @param refusal makes the response of diagnostics */
export function rpcWith<Request, Response>(
  { Request, Response }: { Request: MessageClass<Request>; Response: PropertiesClass<Response> },
  answer: (request: Request) => Promise<Response> | Response,
  refusal: (diagnostics: tfplugin6.Diagnostic.$Properties[]) => Response,
): Method {
  return {
    kind: 'unary',
    async handle(bytes) {
      const request = decoded(Request, bytes);
      try {
        return Response.encode(await answer(request)).finish();
      } catch (error) {
        if (!isMisunderstanding(error)) throw error;
        return Response.encode(refusal(messagesOf(error))).finish();
      }
    },
  };
}

export function streamRpc<Request, Event>(
  { Request, Event }: { Request: MessageClass<Request>; Event: PropertiesClass<Event> },
  answer: (request: Request) => AsyncIterable<Event>,
  refusal: (diagnostics: tfplugin6.Diagnostic.$Properties[]) => Event,
): Method {
  return {
    kind: 'server-stream',
    async *handle(bytes) {
      const request = decoded(Request, bytes);
      try {
        for await (const event of answer(request)) yield Event.encode(event).finish();
      } catch (error) {
        if (!isMisunderstanding(error)) throw error;
        yield Event.encode(refusal(messagesOf(error))).finish();
      }
    },
  };
}

/** An object that must be there; Terraform never sends null in its place. */
export function requireObject(type: ObjectType, message: DynamicValue | null | undefined): ObjectValue {
  const value = decodeObject(type, message);
  if (value === null) throw new CodecError([], 'expected an object, found null');
  return value;
}

type Identity = tfplugin6.ResourceIdentityData.$Properties;

export function identityMessage(record: TerraformRecord, identity: ObjectValue | null): Identity | undefined {
  if (identity === null || record.identity === undefined) return undefined;
  return { identityData: encodeDynamicValue(identityType(record.identity), identity) };
}

/** Encodes diagnostics; the exceptions behind them go to the log. */
export type Report = typeof diagnosticMessages;

export function reportTo(log: Log): Report {
  return (type, diagnostics) => {
    for (const { cause } of diagnostics) {
      if (cause !== undefined) log('error', cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    }
    return diagnosticMessages(type, diagnostics);
  };
}

interface AskingMessage {
  readonly providerMeta?: DynamicValue | null | undefined;
  readonly clientCapabilities?: tfplugin6.ClientCapabilities.$Properties | null | undefined;
}

/** What a request says beside its subject. A `provider_meta` block of a provider without one is not looked at. */
export function askingOf(
  meta: TerraformRecord['attributes'] | undefined,
  { providerMeta, clientCapabilities }: AskingMessage,
): Asking {
  return {
    meta: meta === undefined ? null : decodeObject(levelType({ attributes: meta }), providerMeta),
    deferralAllowed: clientCapabilities?.deferralAllowed ?? false,
  };
}

/** Says that the answer waits for the provider block. */
export function deferredMessage({ deferred }: Deferrable): { readonly deferred?: tfplugin6.Deferred.$Properties } {
  return deferred ? { deferred: { reason: tfplugin6.Deferred.Reason.PROVIDER_CONFIG_UNKNOWN } } : {};
}

export type Rows = readonly (readonly [name: string, method: Method])[];
