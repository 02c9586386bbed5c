/** Which users a server's processes get. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canRead, type SeparationRequest, separationOf } from '@keystead/control-plane/startup/embedded/separation.ts';
import { requireUser } from '@keystead/control-plane/startup/users.ts';

let directory: string;
let program: string;
const nobody = { uid: 64_801, gid: 64_801 };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-separation-'));
  await chmod(directory, 0o755);
  program = join(directory, 'program.mjs');
  await writeFile(program, '', { mode: 0o644 });
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const asked = (more: Partial<SeparationRequest> = {}): SeparationRequest => ({
  neededFiles: [program],
  dataDir: join(directory, 'data'),
  ...more,
});

describe('a server that another user than root starts', () => {
  test('keeps that user for both processes', () => {
    expect(separationOf(asked(), false)).toEqual({ kind: 'permissions' });
  });

  test.each([{ user: 'keystead' }, { hsmUser: '64802' }])('cannot have others: %p', (users) => {
    expect(() => separationOf(asked(users), false)).toThrow(
      /only root can run a process as another user|started as root/,
    );
  });
});

describe('a server that root starts', () => {
  test('has two users by numbers', () => {
    expect(separationOf(asked({ user: '70001', hsmUser: '70002:70003' }), true)).toEqual({
      kind: 'users',
      api: { uid: 70_001, gid: 70_001 },
      hsm: { uid: 70_002, gid: 70_003 },
    });
  });

  test('has two users without being told, on a machine that has no user for it', () => {
    const { kind } = separationOf(asked(), true);
    expect(kind).toBe('users');
  });

  test('keeps root when it is told to, and says so', () => {
    expect(separationOf(asked({ user: 'root' }), true)).toMatchObject({
      kind: 'permissions',
      shortcoming: expect.stringContaining('--user root'),
    });
  });

  test.each([
    { user: '70001', hsmUser: '70001' },
    { user: '0', hsmUser: '70001' },
    { user: '70001', hsmUser: 'root' },
  ])('cannot have one user for both, or root for one: %p', (users) => {
    expect(() => separationOf(asked(users), true)).toThrow(/two users, neither of them root/);
  });

  test('keeps root where its users cannot read the program, unless they were chosen', async () => {
    const home = join(directory, 'home');
    await mkdir(home, { mode: 0o700 });
    const hidden = join(home, 'program.mjs');
    await writeFile(hidden, '', { mode: 0o644 });
    const neededFiles = [hidden];
    expect(separationOf(asked({ neededFiles }), true)).toMatchObject({
      kind: 'permissions',
      shortcoming: expect.stringContaining(hidden),
    });
    expect(() => separationOf(asked({ neededFiles, user: '70001' }), true)).toThrow(hidden);
  });

  test('is refused where its user cannot read a file that an option names', async () => {
    const certificate = join(directory, 'server.key');
    await writeFile(certificate, '', { mode: 0o600 });
    expect(() => separationOf(asked({ neededFiles: [program, certificate] }), true)).toThrow(certificate);
  });
});

test('a file that does not exist is left to whoever reads it', () => {
  expect(canRead(join(directory, 'missing'), nobody)).toBe(true);
});

describe('a user', () => {
  test.each([
    ['a number', '70001', { uid: 70_001, gid: 70_001 }],
    ['two numbers', '70001:70002', { uid: 70_001, gid: 70_002 }],
    ['a name of the machine', 'root', { uid: 0, gid: 0 }],
  ])('is given as %s', (_, text, user) => expect(requireUser('--user', text)).toEqual(user));

  test.each(['', '-u', 'nobody-has-this-name', '1:2:3', '4294967295', '-1'])('is not %p', (text) => {
    expect(() => requireUser('--user', text)).toThrow(/--user: this machine has no user/);
  });
});
