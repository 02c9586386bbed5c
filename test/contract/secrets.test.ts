/** Secret texts have a type that is not printed by accident, wherever the contract marks a text as sensitive. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { shapeOf, shapes } from '@keystead/provider-schema/shapes/index.ts';
import pino from 'pino';

const root = join(import.meta.dirname, '../..');
const TEXT = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const secret = new Secret(TEXT);

describe('a secret', () => {
  test.each<readonly [string, () => string]>([
    ['as text', () => String(secret)],
    ['in a longer text', () => `the secret is ${secret}`],
    ['added to a text', () => `${['', secret].join('')}`],
    ['as JSON', () => JSON.stringify({ deep: [{ secret }] })],
    ['inspected', () => inspect({ deep: [{ secret }] }, { depth: null, showHidden: true })],
    ['formatted', () => format('%s %j %o %O', secret, secret, secret, secret)],
    ['in an error’s message', () => new Error(`refused ${secret}`).stack ?? ''],
    ['copied by spreading', () => JSON.stringify({ ...secret })],
    ['cloned', () => JSON.stringify(structuredClone(secret))],
  ])('%s is not shown', (_, show) => expect(show()).not.toContain(TEXT));

  test('is not shown when logged', () => {
    let logged = '';
    const write = (line: string) => {
      logged += line;
    };
    const log = pino({ level: 'trace' }, { write });
    log.info({ secret, deep: { secret }, err: new Error(`refused ${secret}`) }, 'made %s', secret);
    expect(logged).toContain('[secret]');
    expect(logged).not.toContain(TEXT);
  });

  test('is shown only by reveal', () => expect(secret.reveal()).toBe(TEXT));
});

test('is the type of every sensitive text of the contract', () => {
  const types = readFileSync(join(root, 'provider-schema/generated/types.ts'), 'utf8');
  const sensitive = Object.keys(shapes).filter((name) => shapeOf(name).sensitive && shapeOf(name).type === 'string');
  expect(sensitive.length).toBeGreaterThan(4);
  for (const name of sensitive) expect(types).toContain(`export type ${name} = Secret;`);
});

/**
 * Files that need a secret's text: to encode an answer, to wrap or compare it, to hand it over once, to open a
 * database.
 */
const readers = [
  'control-plane/authentication/web-identity-callers.ts',
  'control-plane/cli/audit/audit-database.ts',
  'control-plane/hsm/process/protocol.ts',
  'control-plane/hsm/soft/credentials.ts',
  'control-plane/hsm/soft/pkcs11.ts',
  'control-plane/operations/kms/key-stores/external-store.ts',
  'control-plane/startup/embedded/api-permissions.ts',
  'control-plane/startup/lost-database.ts',
  'control-plane/startup/root-principal.ts',
  'control-plane/startup/server.ts',
  'control-plane/validation/codec.ts',
  'control-plane/wire/xml.ts',
];

function sources(): readonly string[] {
  return readdirSync(join(root, 'control-plane'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('control-plane', name))
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'));
}

test('secrets are revealed in few places, all of them known', () => {
  const revealing = sources().filter((file) => readFileSync(join(root, file), 'utf8').includes('.reveal()'));
  expect(revealing.sort()).toEqual(readers);
});

/** Secrets of the command line, which is a client of the server; and the token of a request, as in its headers. */
const elsewhere = /^control-plane\/(cli\/(shared\/credentials|identity)|sigv4\/(sign|verify)|authentication\/callers)/;

test('secret access keys, session tokens and passwords are never plain strings in the server', () => {
  const bare =
    /readonly \w*(?:secretAccessKey|SecretAccessKey|sessionToken|SessionToken|[pP]assword|[pP]assphrase)\??: string/;
  const strays = sources().filter((file) => bare.test(readFileSync(join(root, file), 'utf8')));
  expect(strays.filter((file) => !elsewhere.test(file))).toEqual([]);
});
