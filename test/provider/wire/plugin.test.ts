import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { levelType } from '@keystead/provider/engine/type.ts';
import { unknown } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { type Identity, makeIdentity } from '@keystead/provider/wire/certificate.ts';
import { decodeDynamicValue, encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import { providerRecord, thingRecord } from '../../support/provider/fake-provider.ts';
import { call, callRaw, framed } from '../../support/provider/grpc-client.ts';
import { packageFake, pathWithNode, temporaryDirectory } from '../../support/provider/packaged.ts';

const cookie = { TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2' };
const directory = temporaryDirectory('plugin');
let executable: string;
const children: ChildProcessWithoutNullStreams[] = [];
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
  executable = (await packageFake(directory)).executables[0] ?? '';
});

afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

afterAll(() => rmSync(directory, { recursive: true }));

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

function run(env: Record<string, string>, args: readonly string[] = [], command = executable): Run {
  const child = spawn(command, args, { env: { PATH: pathWithNode, ...env } });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

interface Started extends Run {
  readonly line: string;
  readonly fields: readonly string[];
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const started = run({ ...cookie, ...env });
  const [line] = await once(createInterface(started.child.stdout), 'line');
  return { ...started, line, fields: line.split('|') };
}

function connectTo({ fields }: Started, client?: Identity): ClientHttp2Session {
  const path = fields[3] ?? '';
  const session = connect('https://localhost', {
    createConnection: () => {
      if (client === undefined) return connectSocket(path);
      const certificate = Buffer.from(fields[5] ?? '', 'base64');
      return connectTls({
        path,
        servername: 'localhost',
        ALPNProtocols: ['h2'],
        ca: new X509Certificate(certificate).toString(),
        ...(client.certificatePem === '' ? {} : { cert: client.certificatePem, key: client.privateKeyPem }),
      });
    },
  });
  session.on('error', () => {});
  sessions.push(session);
  return session;
}

const shutdown = (session: ClientHttp2Session) =>
  callRaw(session, '/plugin.GRPCController/Shutdown', framed(new Uint8Array()));
const getSchema = (session: ClientHttp2Session) => call(session, 'GetProviderSchema', tfplugin6.GetProviderSchema, {});

describe('the handshake', () => {
  test('is one line with a Unix socket in a private directory', async () => {
    const { line, fields } = await start();
    expect(line).toMatch(/^1\|6\|unix\|\/[^|]+\|grpc\|$/);
    expect(existsSync(fields[3] ?? '')).toBe(true);
  });

  test('answers version 6 to a client that only lists 5, which explains the mismatch itself', async () => {
    expect((await start({ PLUGIN_PROTOCOL_VERSIONS: '5' })).fields[1]).toBe('6');
  });

  test('has a seventh field when the client asks about multiplexing', async () => {
    expect((await start({ PLUGIN_MULTIPLEX_GRPC: 'true' })).line).toMatch(/\|grpc\|\|false$/);
  });

  test('gives the server certificate in base64 without padding, trusted by name localhost', async () => {
    const client = makeIdentity(new Date());
    const started = await start({ PLUGIN_CLIENT_CERT: client.certificatePem });
    expect(started.fields[5]).toMatch(/^[A-Za-z0-9+/]+$/);
    const schema = await getSchema(connectTo(started, client));
    expect(Object.keys(schema.resourceSchemas ?? {})).toEqual(['fake_thing']);
  });

  test('puts the socket where the client says, and nowhere too long for a socket', async () => {
    const short = join(directory, 's');
    const long = join(directory, 'x'.repeat(120));
    mkdirSync(short);
    mkdirSync(long);
    expect((await start({ PLUGIN_UNIX_SOCKET_DIR: short })).fields[3]).toContain(`${short}/`);
    expect((await start({ TMPDIR: long })).fields[3]).toMatch(/^\/tmp\/keystead-/);
  });

  test('falls back to TCP inside the given range where no socket can be made', async () => {
    const gone = join(directory, 'gone');
    const range = { PLUGIN_MIN_PORT: '21000', PLUGIN_MAX_PORT: '21999' };
    const { fields } = await start({ PLUGIN_UNIX_SOCKET_DIR: gone, ...range });
    expect(fields[2]).toBe('tcp');
    expect(fields[3]).toMatch(/^127\.0\.0\.1:21\d{3}$/);
  });
});

describe('mutual TLS', () => {
  test.each([
    ['another certificate', makeIdentity(new Date())],
    ['no certificate', { certificate: Buffer.alloc(0), certificatePem: '', privateKeyPem: '' }],
  ])('refuses a client with %s', async (_name, client) => {
    const started = await start({ PLUGIN_CLIENT_CERT: makeIdentity(new Date()).certificatePem });
    await expect(getSchema(connectTo(started, client))).rejects.toThrow();
  });

  test('refuses a client without TLS', async () => {
    const started = await start({ PLUGIN_CLIENT_CERT: makeIdentity(new Date()).certificatePem });
    await expect(getSchema(connectTo(started))).rejects.toThrow();
  });
});

describe('the end', () => {
  test('comes with the answer to Shutdown, exit code 0, and leaves no socket', async () => {
    const started = await start();
    const session = connectTo(started);
    session.request({
      ':method': 'POST',
      ':path': '/plugin.GRPCStdio/StreamStdio',
      'content-type': 'application/grpc',
    });
    expect((await shutdown(session)).status).toBe('0');
    expect(await started.exited).toBe(0);
    expect(existsSync(started.fields[3] ?? '')).toBe(false);
  });

  test('does not come with an interrupt of the process group: Terraform says when to stop', async () => {
    const started = await start();
    const session = connectTo(started);
    started.child.kill('SIGINT');
    const stopped = await call(session, 'StopProvider', tfplugin6.StopProvider, {});
    expect(stopped.Error).toBe('');
    await shutdown(session);
    expect(await started.exited).toBe(0);
  });

  test('comes with SIGTERM, and leaves no socket', async () => {
    const started = await start();
    started.child.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    expect(existsSync(started.fields[3] ?? '')).toBe(false);
  });

  test('comes soon when the parent process is gone', async () => {
    // A shell starts the plugin in the background, prints its process id and lives until its stdin ends.
    const script = `"${executable}" & echo $!; read _`;
    const parent = run({ ...cookie }, ['-c', script], '/bin/sh');
    const lines = createInterface(parent.child.stdout);
    const [pid] = await once(lines, 'line');
    const [handshake] = await once(lines, 'line');
    expect(handshake).toMatch(/^1\|6\|unix/);
    parent.child.kill('SIGKILL');
    while (isAlive(Number(pid))) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isAlive(Number(pid))).toBe(false);
  });
});

describe('a fault outside any call', () => {
  test('is a panic line on stderr, which Terraform shows, after the running calls have answered', async () => {
    const started = await start();
    const session = connectTo(started);
    const provider = levelType(providerRecord);
    const thing = levelType(thingRecord);
    const nothing = Object.fromEntries(Object.keys(thingRecord.attributes).map((name) => [name, null]));
    const config = { ...nothing, kind: 'box', fail: 'panic', rule: [], tag: [], timeouts: null };
    await call(session, 'ConfigureProvider', tfplugin6.ConfigureProvider, {
      config: encodeDynamicValue(provider, { directory: join(directory, 'shelf'), label: null, endpoints: [] }),
    });
    const applied = await call(session, 'ApplyResourceChange', tfplugin6.ApplyResourceChange, {
      typeName: 'fake_thing',
      priorState: encodeDynamicValue(thing, null),
      plannedState: encodeDynamicValue(thing, { ...config, id: unknown, version: unknown, owner: unknown, size: 5 }),
      config: encodeDynamicValue(thing, config),
    });
    expect(applied.diagnostics).toEqual([]);
    expect(decodeDynamicValue(thing, applied.newState)).toMatchObject({ kind: 'box', version: 1 });
    expect(await started.exited).toBe(2);
    expect(started.stderr()).toMatch(/^panic: Error: loose end\n +at /);
    expect(existsSync(started.fields[3] ?? '')).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A process that ended but was not reaped yet is dead enough.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('run by hand', () => {
  test('says on stderr what it is and how to install it, and fails', async () => {
    const byHand = run({});
    expect(await byHand.exited).toBe(1);
    expect(byHand.stdout()).toBe('');
    expect(byHand.stderr()).toContain('fake = { source = "keystead/fake" }');
    expect(byHand.stderr()).toContain('terraform init');
  });

  test('with a wrong cookie is by hand too', async () => {
    const wrong = run({ TF_PLUGIN_MAGIC_COOKIE: 'x' });
    expect(await wrong.exited).toBe(1);
    expect(wrong.stderr()).toContain('plugin');
  });

  test('answers --version and --help on stdout', async () => {
    const version = run({}, ['--version']);
    expect(await version.exited).toBe(0);
    expect(version.stdout()).toBe('1.0.0\n');
    const help = run({}, ['--help']);
    expect(await help.exited).toBe(0);
    expect(help.stdout()).toContain('--debug');
  });

  test('with --debug serves many commands without TLS and survives their shutdowns', async () => {
    const debugged = run({}, ['--debug']);
    const lines = createInterface(debugged.child.stdout);
    let line = '';
    for await (line of lines) if (line.startsWith('TF_REATTACH_PROVIDERS=')) break;
    const value = JSON.parse(line.slice('TF_REATTACH_PROVIDERS='.length + 1, -1));
    const attach = value['registry.terraform.io/keystead/fake'];
    expect(attach).toMatchObject({ Protocol: 'grpc', ProtocolVersion: 6, Pid: debugged.child.pid, Test: true });
    expect(value['registry.opentofu.org/keystead/fake']).toEqual(attach);
    const session = connect('http://localhost', { createConnection: () => connectSocket(attach.Addr.String) });
    sessions.push(session);
    await shutdown(session);
    expect(Object.keys((await getSchema(session)).resourceSchemas ?? {})).toEqual(['fake_thing']);
    debugged.child.kill('SIGINT');
    expect(await debugged.exited).toBe(0);
  });
});

describe('the shell header', () => {
  test('says in one line on stdout that Node is missing', async () => {
    const without = run({ ...cookie, PATH: '/nonexistent' });
    expect(await without.exited).toBe(1);
    expect(without.stdout()).toMatch(
      /^Terraform provider keystead\/fake needs Node\.js 22 or newer and found none: .+\n$/,
    );
  });

  test('starts the node that KEYSTEAD_NODE names', async () => {
    const named = run({ PATH: '/nonexistent', KEYSTEAD_NODE: process.execPath }, ['--version']);
    expect(await named.exited).toBe(0);
    const wrong = run({ KEYSTEAD_NODE: '/nonexistent/node' }, ['--version']);
    expect(await wrong.exited).toBe(1);
    expect(wrong.stdout()).toContain('KEYSTEAD_NODE');
  });

  test('refuses a Node that is too old in one line on stdout', async () => {
    // The check itself, run under a version that pretends to be old.
    const header = readFileSync(executable, 'utf8').split('"use strict"')[0] ?? '';
    const code = `Object.defineProperty(process, 'versions', { value: { node: '18.20.0' } });${header.slice(header.indexOf('\n') + 1)}`;
    const old = run({}, ['-e', code], process.execPath);
    expect(await old.exited).toBe(1);
    expect(old.stdout()).toMatch(
      /^Terraform provider keystead\/fake needs Node\.js 22 or newer, this is 18\.20\.0: .+\n$/,
    );
  });

  test('a start that fails is one line on stdout, the only text Terraform shows then', async () => {
    const failing = run({ ...cookie, PLUGIN_CLIENT_CERT: 'no certificate' });
    expect(await failing.exited).toBe(1);
    expect(failing.stdout()).toMatch(/^keystead\/fake could not start: [^\n]+\n$/);
  });
});

describe('the log', () => {
  test('is silent unless it is asked for', async () => {
    const started = await start();
    await shutdown(connectTo(started));
    await started.exited;
    expect(started.stderr()).toBe('');
  });

  test('is JSON lines with the fields and the timestamp that Terraform parses', async () => {
    const started = await start({ TF_LOG_PROVIDER: 'debug' });
    await shutdown(connectTo(started));
    await started.exited;
    const [first] = started.stderr().trim().split('\n');
    expect(JSON.parse(first ?? '')).toEqual({
      '@level': 'debug',
      '@message': 'listening',
      '@module': 'fake',
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      network: 'unix',
      address: started.fields[3],
    });
  });

  test('leaves out what is below the level asked for', async () => {
    const started = await start({ TF_LOG: 'WARN' });
    await shutdown(connectTo(started));
    await started.exited;
    expect(started.stderr()).toBe('');
  });
});
