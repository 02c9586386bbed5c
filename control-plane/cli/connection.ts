/** How commands reach a running control plane: its REST door, signed with the caller's AWS credentials. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readCredentials } from '../root-principal.ts';
import { signRequest } from '../wire/sigv4.ts';
import { CommandError } from './report.ts';

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly dataDir: string;
  readonly region: string;
}

export function withConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--endpoint <url>', 'the running control plane')
        .env('KEYSTEAD_ENDPOINT')
        .default('http://127.0.0.1:8600'),
    )
    .addOption(
      new Option('--data-dir <dir>', 'where its credentials file is, when AWS_ACCESS_KEY_ID is not set')
        .env('KEYSTEAD_DATA_DIR')
        .default('.keystead'),
    )
    .addOption(new Option('--region <region>', 'Region of the request').env('AWS_REGION').default('us-east-1'));
}

export interface Connection {
  /** @throws CommandError with the service's code, message and request id. */
  call(
    method: string,
    path: string,
    options?: { readonly body?: object; readonly region?: string; readonly shownOnce?: true },
  ): Promise<unknown>;
}

export async function connect(options: ConnectionOptions): Promise<Connection> {
  const credentials = await findCredentials(options.dataDir);
  return {
    async call(method, path, { body, region = options.region, shownOnce } = {}) {
      const url = new URL(path, options.endpoint);
      const payload = Buffer.from(body === undefined ? '' : JSON.stringify(body));
      const headers = signRequest({
        method,
        url,
        headers: {
          'content-type': 'application/json',
          ...(method === 'POST' && !shownOnce && { 'idempotency-key': randomUUID() }),
        },
        body: payload,
        credentials,
        region,
        service: 'kms',
        nowMs: Date.now(),
      });
      const response = await fetch(url, { method, headers, ...(payload.length > 0 && { body: payload }) }).catch(() => {
        throw new CommandError(
          `There is no control plane at ${options.endpoint}.`,
          'Start it with "keystead serve", or name its address with --endpoint or KEYSTEAD_ENDPOINT.',
        );
      });
      const text = await response.text();
      const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      if (response.ok) return answer;
      throw refusal(answer);
    },
  };
}

/** The service's refusal, with its code for callers that branch on it. */
export class Refusal extends CommandError {
  readonly code: string;
  constructor(code: string, message: string, hint: string) {
    super(message, hint);
    this.code = code;
  }
}

function refusal(answer: Readonly<Record<string, unknown>>): Refusal {
  const code = String(answer.code ?? 'unknown error');
  return new Refusal(
    code,
    `${code}: ${answer.detail ?? 'no message'} (request ${answer.requestId ?? 'unknown'})`,
    code === 'UnrecognizedClientException' || code === 'InvalidSignatureException'
      ? 'The credentials are not of this control plane: check AWS_ACCESS_KEY_ID or --data-dir.'
      : 'keystead audit tail shows the request as the control plane saw it.',
  );
}

async function findCredentials(dataDir: string) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  const file = process.env.AWS_SHARED_CREDENTIALS_FILE ?? join(dataDir, 'credentials');
  const found = await readCredentials(file);
  if (found) return found;
  throw new CommandError(
    `No credentials: AWS_ACCESS_KEY_ID is not set and ${file} does not exist.`,
    "Name the server's data directory with --data-dir, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  );
}
