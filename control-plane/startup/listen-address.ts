/** Where to listen, as the command line and files write it. */
import { exitCodes, StartError } from './start-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8600`, `[::1]:8600`. @throws StartError */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port > 65_535) {
    throw new StartError(
      `"${text}" is no address to listen on.`,
      'Write it as host:port, such as 127.0.0.1:8600.',
      exitCodes.usage,
    );
  }
  return { host, port };
}
