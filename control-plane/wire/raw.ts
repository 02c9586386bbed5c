/** Node's request in the form that the pipeline takes: with all headers, repeated ones too, in the order received. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { TlsDetails } from '../context/context.ts';
import type { RawRequest } from '../context/door.ts';
import { readBody } from './body.ts';
import { addressOf } from './connections.ts';

export async function readRaw(request: IncomingMessage): Promise<RawRequest> {
  const target = request.url ?? '/';
  const queryAt = target.indexOf('?');
  return {
    method: request.method ?? '',
    rawPath: queryAt < 0 ? target : target.slice(0, queryAt),
    rawQuery: queryAt < 0 ? '' : target.slice(queryAt + 1),
    headers: pairs(request.rawHeaders),
    body: await readBody(request),
    sourceIp: addressOf(request.socket),
    userAgent: request.headers['user-agent'] ?? '',
    secureTransport: request.socket instanceof TLSSocket,
    ...(request.socket instanceof TLSSocket && { tlsDetails: tlsDetails(request.socket, request.headers.host) }),
  };
}

/** The first value of a header, by its lower-case name; undefined when absent. */
export function header(raw: RawRequest, name: string): string | undefined {
  for (const [known, value] of raw.headers) if (known === name) return value;
  return undefined;
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) list.push([(flat[i] as string).toLowerCase(), flat[i + 1] as string]);
  return list;
}

function tlsDetails(socket: TLSSocket, host: string | undefined): TlsDetails {
  const group = socket.getEphemeralKeyInfo();
  const keyExchange = group && 'name' in group ? String(group.name) : undefined;
  return {
    tlsVersion: socket.getProtocol() ?? '',
    cipherSuite: socket.getCipher().standardName,
    ...defined({ clientProvidedHostHeader: host, keyExchange }),
  };
}
