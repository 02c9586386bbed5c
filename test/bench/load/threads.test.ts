/** Processor time of another process's threads. */
import { readStat, threadSeconds } from '@keystead/bench/load/threads.ts';

test('a line of /proc is read also where the name of the thread has spaces and parentheses', () => {
  const fields = ['S', ...Array.from({ length: 10 }, () => '0'), '150', '50', '0'].join(' ');
  expect(readStat(`12 (a (b) c) ${fields}`)).toEqual({ name: 'a (b) c', seconds: 2 });
});

test('time that this process spends is counted for its main thread', async () => {
  const before = await threadSeconds(process.pid);
  for (const until = process.cpuUsage().user + 300_000; process.cpuUsage().user < until; );
  const after = await threadSeconds(process.pid);
  const whole = (times: typeof after) => times.main + times.workers + times.platform;
  expect(whole(after) - whole(before)).toBeGreaterThan(0.2);
});
