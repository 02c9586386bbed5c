/** The operator's file of trusted services is read, or refused with a hint. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustedServiceKey } from '@keystead/control-plane/authentication/forwarding.ts';
import { StartError } from '@keystead/control-plane/startup/start-error.ts';
import { readTrustedServices } from '@keystead/control-plane/startup/trusted-services.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-trusted-services-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileWith(content: unknown): Promise<string> {
  const file = join(directory, 'trusted.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const ACCOUNT = '111122223333';

test('services are trusted by account, name and operation; without a file, none is', async () => {
  const trusted = readTrustedServices(await fileWith({ [ACCOUNT]: { 's3.amazonaws.com': ['Decrypt', 'Encrypt'] } }));
  expect([...trusted]).toEqual([[trustedServiceKey(ACCOUNT, 's3.amazonaws.com'), new Set(['Decrypt', 'Encrypt'])]]);
  expect(readTrustedServices(undefined).size).toBe(0);
});

test.each([
  ['not JSON', '{', /cannot be used/],
  ['a list', [], 'it is not a JSON object'],
  ['an account id that is none', { '1111': {} }, '"1111" is not an account id of 12 digits'],
  ['services in a list', { [ACCOUNT]: ['s3.amazonaws.com'] }, `"${ACCOUNT}" is not a JSON object`],
  ['a name that is not a service’s', { [ACCOUNT]: { s3: ['Encrypt'] } }, '"s3" is not the name of a service'],
  ['no operations', { [ACCOUNT]: { 's3.amazonaws.com': [] } }, 'has no list of operations'],
  ['an action', { [ACCOUNT]: { 's3.amazonaws.com': ['kms:Encrypt'] } }, 'does not have the operation "kms:Encrypt"'],
  ['an operation of IAM', { [ACCOUNT]: { 's3.amazonaws.com': ['CreateUser'] } }, 'the operation "CreateUser"'],
])('a file with %s is refused', async (_title, content, message) => {
  const file = await fileWith(content);
  expect(() => readTrustedServices(file)).toThrow(message);
  expect(() => readTrustedServices(file)).toThrow(StartError);
});

test('a file that does not exist is refused', () => {
  expect(() => readTrustedServices(join(directory, 'missing.json'))).toThrow(StartError);
});
