/** The provider's service by its messages, with the fake provider behind it and no transport between. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '@keystead/provider/engine/engine.ts';
import { levelType } from '@keystead/provider/engine/type.ts';
import type { Value } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import type { Method } from '@keystead/provider/wire/grpc.ts';
import { providerService } from '@keystead/provider/wire/provider-service.ts';
import { fakeProvider, providerRecord, type Shelf } from './fake-provider.ts';

interface Encoder<Properties> {
  encode(message: Properties): { finish(): Uint8Array };
}

interface Decoder<Decoded> {
  decode(bytes: Uint8Array): Decoded;
}

export class FakeService {
  readonly directory = mkdtempSync(join(tmpdir(), 'keystead-service-'));
  readonly logged: string[] = [];
  /** What the last configuration made. */
  shelf: Shelf | undefined;
  readonly engine = new Engine<Shelf>({
    ...fakeProvider,
    configure: async (...request) => {
      this.shelf = await fakeProvider.configure(...request);
      return this.shelf;
    },
  });
  readonly methods: ReadonlyMap<string, Method> = providerService(this.engine, (level, message) =>
    this.logged.push(`${level} ${message}`),
  );

  async handle(name: string, bytes: Uint8Array): Promise<Uint8Array> {
    const method = this.methods.get(`/tfplugin6.Provider/${name}`);
    if (method?.kind !== 'unary') throw new Error(`no unary method ${name}`);
    return method.handle(bytes, { closed: Promise.resolve() });
  }

  async ask<Properties, Decoded>(
    name: string,
    { Request, Response }: { readonly Request: Encoder<Properties>; readonly Response: Decoder<Decoded> },
    request: Properties,
  ): Promise<Decoded> {
    return Response.decode(await this.handle(name, Request.encode(request).finish()));
  }

  /** @param most ends the call after so many events, as a client that goes away does */
  async events<Properties, Decoded>(
    name: string,
    { Request, Event }: { readonly Request: Encoder<Properties>; readonly Event: Decoder<Decoded> },
    request: Properties,
    most = Number.POSITIVE_INFINITY,
  ): Promise<readonly Decoded[]> {
    const method = this.methods.get(`/tfplugin6.Provider/${name}`);
    if (method?.kind !== 'server-stream') throw new Error(`no streaming method ${name}`);
    const events: Decoded[] = [];
    for await (const bytes of method.handle(Request.encode(request).finish())) {
      events.push(Event.decode(bytes));
      if (events.length >= most) break;
    }
    return events;
  }

  /** @param directory unknown: the provider block is not known yet */
  async configure(directory: Value = this.directory): Promise<void> {
    const config = encodeDynamicValue(levelType(providerRecord), { directory, label: null, endpoints: [] });
    const { diagnostics } = await this.ask('ConfigureProvider', tfplugin6.ConfigureProvider, {
      config,
      terraformVersion: '1.14.0',
    });
    if (diagnostics?.length) throw new Error(JSON.stringify(diagnostics));
  }
}

/** A path in a message, as text. */
export function pathText(path: tfplugin6.AttributePath.$Properties | null | undefined): string {
  return (path?.steps ?? []).map((step) => step.attributeName ?? step.elementKeyString ?? step.elementKeyInt).join('.');
}
