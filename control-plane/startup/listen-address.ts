/** Addresses as the command line and configuration files write them. */
import { exitCodes, StartError } from './start-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8600`, `[::1]:8600`. @param flag the option that names it @throws StartError */
export function parseListenAddress(text: string, flag: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port > 65_535) {
    throw new StartError(
      `${flag}: "${text}" is not an address.`,
      'Write it as HOST:PORT, for example 127.0.0.1:8600.',
      exitCodes.usage,
    );
  }
  return { host, port };
}

const LOOPBACK = /^127\.|^::1$|^localhost$/;

/** Whether only this machine can use the address. @param host an IP address, or `localhost` */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
