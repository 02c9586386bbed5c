/** Loads a server from a driver process that lives as long as this one load. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { cleanEnvironment, scripts } from '../servers/paths.ts';
import type { LoadOrder, LoadResult } from './request.ts';

/** @throws Error with the driver's message when the server gave any answer but 200, or none. */
export async function load(order: LoadOrder): Promise<LoadResult> {
  const driver = spawn(process.execPath, [scripts.drive], { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(driver, 'close');
  driver.stdin.on('error', () => undefined); // a driver that died says why on its error output
  driver.stdin.end(JSON.stringify(order));
  const [answer, errorText] = await Promise.all([text(driver.stdout), text(driver.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(errorText.trim() || `the load driver ended with ${code}`);
  return JSON.parse(answer) as LoadResult;
}
