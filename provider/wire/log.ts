/**
 * The provider's log: hclog's JSON lines on stderr, which Terraform merges into its own log at the same level. Silent
 * unless TF_LOG, TF_LOG_PROVIDER or TF_LOG_PROVIDER_<NAME> is set. Never give it values of attributes.
 */
import type { Environment } from './handshake.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, string | number>>) => void;

/** The lowest level asked for; undefined: none. TF_LOG=JSON means trace. */
function threshold(env: Environment, name: string): number | undefined {
  const asked = env[`TF_LOG_PROVIDER_${name.toUpperCase()}`] || env.TF_LOG_PROVIDER || env.TF_LOG;
  if (!asked || asked.toLowerCase() === 'off') return undefined;
  return Math.max(0, levels.indexOf(asked.toLowerCase() as LogLevel));
}

/** hclog parses exactly six decimals. */
function timestamp(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

/** `name` is the provider's type: `aws`. */
export function createLog(env: Environment, name: string, write: (line: string) => void): Log {
  const lowest = threshold(env, name);
  if (lowest === undefined) return () => {};
  return (level, message, fields) => {
    if (levels.indexOf(level) < lowest) return;
    const standard = { '@level': level, '@message': message, '@module': name, '@timestamp': timestamp(new Date()) };
    write(`${JSON.stringify({ ...fields, ...standard })}\n`);
  };
}
