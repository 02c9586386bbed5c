import { Opened } from '@keystead/control-plane/startup/opened.ts';
import { pino } from 'pino';

let closed: string[];
let logged: string[];
let opened: Opened;

beforeEach(() => {
  closed = [];
  logged = [];
  opened = new Opened(pino({}, { write: (line: string) => void logged.push(line) }));
});

const close = (name: string): void => void closed.push(name);

test('parts are returned as they are opened, and closed in reverse order', async () => {
  expect(opened.add('store', close)).toBe('store');
  opened.add('hsm', close);
  await opened.closeAll();
  expect(closed).toEqual(['hsm', 'store']);
});

test('a part is closed before the part opened before it begins to close', async () => {
  opened.add('store', close);
  opened.add('hsm', async (name) => {
    await new Promise((done) => setTimeout(done, 5));
    close(name);
  });
  await opened.closeAll();
  expect(closed).toEqual(['hsm', 'store']);
});

test('a part that fails to close is logged, and the others are still closed', async () => {
  opened.add('store', close);
  opened.add('jobs', () => {
    throw new Error('stuck');
  });
  opened.add('server', async () => {
    throw new Error('stuck too');
  });
  await opened.closeAll();
  expect(closed).toEqual(['store']);
  expect(logged.map((line) => JSON.parse(line).err.message)).toEqual(['stuck too', 'stuck']);
});

test('nothing is closed twice', async () => {
  opened.add('store', close);
  await opened.closeAll();
  await opened.closeAll();
  expect(closed).toEqual(['store']);
});
