/** Certificates and proxies: which servers the client trusts, and which proxies it uses. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { openTransport, type Transport, type TransportSettings } from '@keystead/provider/client/transport.ts';
import { makeIdentity } from '@keystead/provider/wire/certificate.ts';

const plain: TransportSettings = {
  ca: undefined,
  insecure: false,
  proxy: { http: undefined, https: undefined, no: undefined },
};

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push(server);
  return (server.address() as AddressInfo).port;
}

async function transport(endpoint: string, settings: Partial<TransportSettings>): Promise<Transport> {
  const made = await openTransport(new URL(endpoint), { ...plain, ...settings });
  open.push(made);
  return made;
}

const get = (endpoint: string) => ({ method: 'GET', url: new URL('/v1/keys', endpoint), headers: {}, body: '' });

describe('over TLS', () => {
  const { certificatePem, privateKeyPem } = makeIdentity(new Date());
  let endpoint: string;

  beforeEach(async () => {
    const server = createTlsServer({ cert: certificatePem, key: privateKeyPem }, (_, response) => response.end('safe'));
    endpoint = `https://localhost:${await listen(server)}`;
  });

  test('an untrusted certificate is refused with the reason', async () => {
    const refused = (await transport(endpoint, {})).send(get(endpoint));
    await expect(refused).rejects.toMatchObject({
      name: 'ConnectionError',
      message: expect.stringMatching(/certificate/),
    });
  });

  test('a certificate of the CA bundle is trusted', async () => {
    const trusting = await transport(endpoint, { ca: certificatePem });
    expect(await trusting.send(get(endpoint))).toMatchObject({ status: 200, body: 'safe' });
  });

  test('insecure takes any certificate', async () => {
    const credulous = await transport(endpoint, { insecure: true });
    expect(await credulous.send(get(endpoint))).toMatchObject({ status: 200, body: 'safe' });
  });
});

describe('with a proxy', () => {
  test('requests go through it, except those to this machine and to excluded hosts', async () => {
    const asked: string[] = [];
    const proxy = `http://127.0.0.1:${await listen(
      createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end('by proxy');
      }),
    )}`;
    const direct = `http://127.0.0.1:${await listen(createServer((_, response) => response.end('direct')))}`;
    const settings = { proxy: { http: proxy, https: undefined, no: 'excluded.invalid' } };

    const far = 'http://keystead.invalid:8600';
    expect(await (await transport(far, settings)).send(get(far))).toMatchObject({ body: 'by proxy' });
    expect(await (await transport(direct, settings)).send(get(direct))).toMatchObject({ body: 'direct' });
    const excluded = 'http://excluded.invalid:8600';
    await expect((await transport(excluded, settings)).send(get(excluded))).rejects.toMatchObject({
      name: 'ConnectionError',
    });
    expect(asked).toEqual([`${far}/v1/keys`]);
  });
});

test('connections are kept and used again', async () => {
  const ports = new Set<number | undefined>();
  const endpoint = `http://127.0.0.1:${await listen(
    createServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    }),
  )}`;
  const kept = await transport(endpoint, {});
  for (let i = 0; i < 5; i += 1) await kept.send(get(endpoint));
  expect(ports.size).toBe(1);
});

test('an answer cut off half-way is an error, not a short answer', async () => {
  const endpoint = `http://127.0.0.1:${await listen(
    createServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      response.socket?.end();
    }),
  )}`;
  await expect((await transport(endpoint, {})).send(get(endpoint))).rejects.toMatchObject({ name: 'ConnectionError' });
});
