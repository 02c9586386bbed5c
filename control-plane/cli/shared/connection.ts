/** How commands reach a running control plane: its REST door, signed with the caller's AWS credentials. */
import { randomUUID } from 'node:crypto';
import { isRegion } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { type Command, Option } from 'commander';
import { Gate } from '../../runtime/gate.ts';
import { signRequest } from '../../sigv4/verify.ts';
import { findCredentials } from './credentials.ts';
import { openHttp } from './http.ts';
import { CommandError } from './report.ts';
import { version } from './version.ts';

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
      new Option(
        '--data-dir <dir>',
        "the server's data directory, for its credentials file where the environment has none",
      )
        .env('KEYSTEAD_DATA_DIR')
        .default('.keystead'),
    )
    .addOption(new Option('--region <region>', 'Region of the request').env('AWS_REGION').default('us-east-1'));
}

export interface Connection {
  /**
   * `call('CreateUser', { UserName })`, in the command's Region unless another one is named.
   * @throws CommandError with the service's code, message and request id.
   */
  call<Name extends OperationName>(name: Name, input: InputJson<Name>, region?: string): Promise<OutputJson<Name>>;
}

/** Calls under way at once; more would only queue in the control plane. */
const MAX_CALLS = 16;

export async function connect(options: ConnectionOptions): Promise<Connection> {
  const endpoint = requireUrl(options.endpoint);
  requireRegion(options.region);
  const credentials = await findCredentials(options.dataDir);
  const send = await openHttp(endpoint);
  const gate = new Gate(MAX_CALLS);
  return {
    call: <Name extends OperationName>(name: Name, input: InputJson<Name>, region = options.region) =>
      gate.run(async () => {
        const { method, target, body, takesIdempotencyKey } = encodeRestCall(name, input);
        const url = new URL(target, endpoint);
        const payload = Buffer.from(body);
        const headers = signRequest({
          method,
          url,
          headers: {
            'content-type': 'application/json',
            'user-agent': `keystead/${version}`,
            ...defined({ 'idempotency-key': takesIdempotencyKey ? randomUUID() : undefined }),
          },
          body: payload,
          credentials,
          region,
          service: 'kms',
          nowMs: Date.now(),
        });
        const { status, text } = await send(url, { method, headers, body: payload }).catch((error: Error) => {
          throw unreachable(options.endpoint, error);
        });
        const answer = parseAnswer(options.endpoint, text);
        if (status < 300) return answer as OutputJson<Name>;
        throw refusal(answer);
      }),
  };
}

function requireUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CommandError(
    `The endpoint "${text}" is not an http or https URL.`,
    'Write it like http://127.0.0.1:8600 (--endpoint or KEYSTEAD_ENDPOINT).',
  );
}

function requireRegion(text: string): void {
  if (isRegion(text)) return;
  throw new CommandError(`"${text}" is not a Region.`, 'Write it like eu-central-1 (--region or AWS_REGION).');
}

function unreachable(endpoint: string, { code, message }: NodeJS.ErrnoException): CommandError {
  const why = code === 'ECONNREFUSED' ? '' : ` (${message || code || 'the connection failed'})`;
  if (/CERT|SSL|TLS|VERIFY/.test(code ?? '')) {
    return new CommandError(
      `The TLS connection to ${endpoint} failed${why}.`,
      "Name the CA of the server's certificate with AWS_CA_BUNDLE, and a client certificate, where the server " +
        'asks for one, with KEYSTEAD_CLIENT_CERT and KEYSTEAD_CLIENT_KEY.',
    );
  }
  return new CommandError(
    `There is no control plane at ${endpoint}${why}.`,
    'Start it with "keystead serve", or name its address with --endpoint or KEYSTEAD_ENDPOINT.',
  );
}

type Answer = Readonly<Record<string, unknown>>;

function parseAnswer(endpoint: string, text: string): Answer {
  try {
    return text === '' ? {} : (JSON.parse(text) as Answer);
  } catch {
    throw new CommandError(
      `${endpoint} answers, but not as a Keystead control plane.`,
      'Name the address that "keystead serve" printed with --endpoint or KEYSTEAD_ENDPOINT.',
    );
  }
}

/** The service's refusal, with its code for callers that branch on it. */
export class Refusal extends CommandError {
  readonly code: string;
  constructor(code: string, message: string, hint: string) {
    super(message, hint);
    this.code = code;
  }
}

const hints: Readonly<Record<string, string>> = {
  EntityAlreadyExistsException:
    '"keystead identity create-access-key" makes another access key for a user that exists; the list commands show the rest.',
  NoSuchEntityException:
    '"keystead identity list-users", "list-groups", "list-roles" and "list-policies" show what there is.',
  UnrecognizedClientException:
    'The control plane does not know the access key: check AWS_ACCESS_KEY_ID, AWS_PROFILE or --data-dir.',
  InvalidSignatureException:
    'Check the secret access key, the Region, and that the clocks differ by less than five minutes.',
};

function refusal(answer: Answer): Refusal {
  const code = String(answer.code ?? 'unknown error');
  return new Refusal(
    code,
    `${code}: ${answer.detail ?? 'no message'} (request ${answer.requestId ?? 'unknown'})`,
    hints[code] ?? '"keystead audit tail" shows the request as the control plane saw it.',
  );
}
