/** An `aws` for the PATH of shells that tests start: it hands each command to the one interpreter of aws-command-line.ts. */

import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { AwsCommandLine } from './aws-command-line.ts';

/** Sends directory, number of arguments, arguments and environment, each ended by a zero; prints the answer. */
const program = (port: number) => `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port}
{ printf '%s\\0' "$PWD" "$#" "$@"; env -0; printf '\\1\\0'; } >&3
IFS= read -r code <&3; IFS= read -r out <&3; IFS= read -r err <&3
printf %s "$err" | base64 -d >&2
printf %s "$out" | base64 -d
exit "$code"
`;

export async function putAwsOnPath(directory: string, aws: AwsCommandLine): Promise<{ stop(): Promise<void> }> {
  const server = createServer((socket) => void answer(socket, aws).catch(() => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const file = join(directory, 'aws');
  writeFileSync(file, program((server.address() as AddressInfo).port));
  chmodSync(file, 0o755);
  return {
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(socket: Socket, aws: AwsCommandLine): Promise<void> {
  const [cwd = '', count = '0', ...rest] = await request(socket);
  const args = rest.slice(0, Number(count));
  const env = Object.fromEntries(
    rest
      .slice(Number(count))
      .map((assignment) => [
        assignment.slice(0, assignment.indexOf('=')),
        assignment.slice(assignment.indexOf('=') + 1),
      ])
      .filter(([name = '']) => /^(AWS_.*|PATH|HOME)$/.test(name)),
  );
  const { code, stdout, stderr } = await aws(args, env, cwd);
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  socket.end(`${code}\n${encoded(stdout)}\n${encoded(stderr)}\n`);
}

/** The parts before the end mark. */
function request(socket: Socket): Promise<readonly string[]> {
  const end = Buffer.of(1, 0);
  let received = Buffer.alloc(0);
  return new Promise((done, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.subarray(-2).equals(end)) done(received.subarray(0, -2).toString().split('\0'));
    });
  });
}
