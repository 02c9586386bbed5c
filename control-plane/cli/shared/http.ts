/**
 * One HTTP exchange of a command. Node's own client, because certificates come from the environment: CAs from
 * AWS_CA_BUNDLE (as in the AWS tools; without it, Node's) and NODE_EXTRA_CA_CERTS, and a client certificate, when the
 * server asks for one, from KEYSTEAD_CLIENT_CERT and KEYSTEAD_CLIENT_KEY.
 */
import { readFile } from 'node:fs/promises';
import { request as overTcp } from 'node:http';
import { Agent, request as overTls } from 'node:https';
import { getCACertificates } from 'node:tls';
import { defined } from '@keystead/provider-schema/defined.ts';
import { CommandError } from './report.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export type SendHttp = (
  url: URL,
  sent: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
) => Promise<HttpAnswer>;

/** @throws CommandError when a file that the environment names cannot be read */
export async function openHttp(endpoint: URL, env: NodeJS.ProcessEnv = process.env): Promise<SendHttp> {
  const secure = endpoint.protocol === 'https:';
  const agent = secure ? new Agent({ keepAlive: true, ...(await certificates(env)) }) : undefined;
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers, 'content-length': String(body.length) } };
      const out = secure ? overTls(url, { ...options, agent }) : overTcp(url, options);
      out.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      });
      out.on('error', reject);
      out.end(body);
    });
}

async function certificates(env: NodeJS.ProcessEnv) {
  const read = async (variable: string): Promise<string | undefined> => {
    const path = env[variable];
    if (!path) return undefined;
    return readFile(path, 'utf8').catch((error: Error) => {
      throw new CommandError(`${path} cannot be read: ${error.message}.`, `Correct ${variable}, which names it.`);
    });
  };
  const [ca, cert, key] = await Promise.all(
    ['AWS_CA_BUNDLE', 'KEYSTEAD_CLIENT_CERT', 'KEYSTEAD_CLIENT_KEY'].map((variable) => read(variable)),
  );
  return defined({ ca: ca === undefined ? undefined : [ca, ...getCACertificates('extra')], cert, key });
}
