import { jest } from '@jest/globals';
import { startProgress } from '@keystead/control-plane/cli/drift/progress.ts';
import type { Connection } from '@keystead/control-plane/cli/shared/connection.ts';

afterEach(() => {
  jest.useRealTimers();
});

function aStream(rest: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
  const written: string[] = [];
  return { written, stream: { ...rest, write: (text: string) => void written.push(text) } };
}

/** Answers when the test says so. */
function aConnection() {
  const waiting: (() => void)[] = [];
  const call = () => new Promise<void>((done) => waiting.push(done));
  const answerOne = async () => {
    waiting.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { connection: { signsWith: '', call } as unknown as Connection, answerOne };
}

const key = { KeyId: 'k' };

test('on a terminal one line counts what was read of what is to be read, and is taken away at the end', async () => {
  jest.useFakeTimers();
  const { written, stream } = aStream({ isTTY: true, columns: 60 });
  const progress = startProgress(stream, false);
  progress.say('reading states');
  jest.advanceTimersByTime(100);
  progress.say('');
  const { connection, answerOne } = aConnection();
  const watched = progress.watch(connection);
  const all = [watched.call('GetKeyConfiguration', key), watched.call('GetKeyConfiguration', key)];
  void watched.call('LookupEvents', {});
  await answerOne();
  jest.advanceTimersByTime(100);
  jest.advanceTimersByTime(500);
  progress.end();
  expect(written).toEqual(['\rreading states', '\rkeys 1 of 2, pages of events 0 of 1', `\r${' '.repeat(35)}\r`]);
  expect(all).toHaveLength(2);
});

test('a line never breaks: it ends at the width of the terminal', () => {
  jest.useFakeTimers();
  const { written, stream } = aStream({ isTTY: true, columns: 10 });
  const progress = startProgress(stream, false);
  progress.say('reading states');
  jest.advanceTimersByTime(100);
  progress.end();
  expect(written).toEqual(['\rreading s', `\r${' '.repeat(9)}\r`]);
});

test('where nobody watches nothing is written, unless it is asked for: then a line every few seconds', () => {
  jest.useFakeTimers();
  const silent = aStream();
  startProgress(silent.stream, false).say('reading states');
  jest.advanceTimersByTime(60_000);
  expect(silent.written).toEqual([]);
  const asked = aStream();
  const progress = startProgress(asked.stream, true);
  progress.say('reading states');
  jest.advanceTimersByTime(60_000);
  progress.end();
  expect(asked.written).toEqual(['keystead: reading states\n']);
});
