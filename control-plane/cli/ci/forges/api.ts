/**
 * Requests to the API of a forge, GitHub or GitLab: tried again where the forge asks for it or fails for a moment, lists
 * read to their last page, and refusals in words.
 * Sources: GitHub, "Best practices for using the REST API" and "Using pagination in the REST API"; GitLab, "REST API",
 * sections Pagination and Rate limits.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../shared/report.ts';

export interface Api {
  /** @param path below the API's address, with its query @throws ForgeRefusal for a status of 400 and more */
  call<Answer>(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** Every entry of a list, page by page. */
  list<Entry>(path: string): Promise<readonly Entry[]>;
  /** A file; where the forge sends to another host for it, that host does not get the token. */
  download(path: string): Promise<Buffer>;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface ApiSettings {
  /** `GitHub` or `GitLab`, for messages. */
  readonly name: string;
  /** Address of the API, without a slash at its end. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What a token needs for a request that was refused, for the hint. */
  readonly permissionHint: (method: Method, path: string) => string;
  /** Milliseconds of the first pause; each further one is twice as long. */
  readonly pauseMs?: number;
}

/** What the forge answered, with its status for callers that branch on it. */
export class ForgeRefusal extends CommandError {
  readonly status: number;
  constructor(status: number, message: string, hint: string) {
    super(message, hint);
    this.status = status;
  }
}

const ATTEMPTS = 5;
/** A longer pause than this is not waited for: the job would hold its runner. */
const LONGEST_PAUSE_MS = 120_000;
const REQUEST_TIMEOUT_MS = 60_000;
const MOST_PAGES = 1000;

export function openApi(settings: ApiSettings): Api {
  const { address } = settings;
  return {
    async call<Answer>(method: Method, path: string, body?: unknown) {
      const answer = await send(settings, method, address + path, body);
      const text = await answer.text();
      return (text === '' ? undefined : parse(settings, text)) as Answer;
    },
    async list<Entry>(path: string) {
      const entries: Entry[] = [];
      let next: string | undefined = address + path;
      for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
        const answer: Response = await send(settings, 'GET', next);
        entries.push(...entriesOf<Entry>(parse(settings, await answer.text())));
        next = nextPage(answer, next, address);
      }
      return entries;
    },
    async download(path: string) {
      const first = await send(settings, 'GET', address + path, undefined, 'manual');
      const place = first.headers.get('location');
      const answer = place === null ? first : await elsewhere(settings, new URL(place, address + path));
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}

async function send(
  settings: ApiSettings,
  method: Method,
  url: string,
  body?: unknown,
  redirect: 'error' | 'follow' | 'manual' = 'error',
): Promise<Response> {
  const { name, headers, pauseMs = 1000 } = settings;
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  const request: RequestInit = {
    method,
    redirect,
    headers: { 'user-agent': 'keystead', ...headers, ...content },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await attemptOf(url, request);
    const asked = pauseAskedFor(answer);
    if (answer instanceof Response && answer.status < 400) return answer;
    const mayRetry = answer instanceof Response ? isPassing(answer, asked) : method === 'GET';
    const pause = asked ?? pauseMs * 2 ** (attempt - 1);
    if (!mayRetry || attempt === ATTEMPTS || pause > LONGEST_PAUSE_MS) {
      throw answer instanceof Response
        ? await refusalOf(settings, method, url, answer)
        : unreachable(name, url, answer);
    }
    await sleep(pause);
  }
}

const attemptOf = (url: string, request: RequestInit): Promise<Response | Error> =>
  fetch(url, { ...request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }).catch((error: Error) => error);

/** Milliseconds; undefined: the forge asks for none. GitHub names the second of the epoch at which a limit ends. */
function pauseAskedFor(answer: Response | Error): number | undefined {
  if (!(answer instanceof Response)) return undefined;
  const after = answer.headers.get('retry-after');
  if (after !== null) {
    const seconds = Number(after);
    return Math.max(0, Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - Date.now());
  }
  const reset = answer.headers.get('x-ratelimit-reset') ?? answer.headers.get('ratelimit-reset');
  const left = answer.headers.get('x-ratelimit-remaining') ?? answer.headers.get('ratelimit-remaining');
  return reset !== null && left === '0' ? Math.max(0, Number(reset) * 1000 - Date.now()) : undefined;
}

/** Whether the same request can succeed later. GitHub answers 403 for its limits too. */
function isPassing({ status }: Response, asked: number | undefined): boolean {
  return [429, 500, 502, 503, 504].includes(status) || (status === 403 && asked !== undefined);
}

async function refusalOf(settings: ApiSettings, method: Method, url: string, answer: Response): Promise<ForgeRefusal> {
  const { name, address, permissionHint } = settings;
  const path = url.startsWith(address) ? url.slice(address.length) : url;
  const why = messageIn(await answer.text().catch(() => ''));
  const { status } = answer;
  const said = `${name} answered ${status} to ${method} ${path.replace(/\?.*$/, '')}${why === '' ? '' : `: ${why}`}.`;
  if (status === 401) return new ForgeRefusal(status, said, 'The token is missing, wrong or expired.');
  if (status === 403 || status === 404) return new ForgeRefusal(status, said, permissionHint(method, path));
  if (status === 429) return new ForgeRefusal(status, said, 'Too many requests: run the job again later.');
  if (status >= 500)
    return new ForgeRefusal(status, said, `${name} failed ${ATTEMPTS} times: run the job again later.`);
  return new ForgeRefusal(status, said, `Compare the job's variables with the documentation of ${name}.`);
}

/** GitHub and GitLab put it into `message`; GitLab also into `error`, and its message can be an object. */
function messageIn(text: string): string {
  try {
    const { message, error, error_description: more } = JSON.parse(text) as Record<string, unknown>;
    const found = message ?? more ?? error;
    return (typeof found === 'string' ? found : found === undefined ? '' : JSON.stringify(found)).replace(/\.$/, '');
  } catch {
    return '';
  }
}

function unreachable(name: string, url: string, error: Error): CommandError {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  const why = cause?.code ?? cause?.message ?? error.message;
  return new CommandError(
    `${name} cannot be reached at ${new URL(url).origin}: ${why}.`,
    'Where it has a certificate of your own authority, name that in NODE_EXTRA_CA_CERTS.',
  );
}

function parse({ name, address }: ApiSettings, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(
      `What answers at ${address} is not the API of ${name}.`,
      "Correct the variable of the CI system that has the API's address.",
    );
  }
}

/** A list is an array, or in GitHub's lists of workflows an array in a member beside the count. */
function entriesOf<Entry>(answer: unknown): readonly Entry[] {
  if (Array.isArray(answer)) return answer;
  const array = Object.values(answer as object).find((value) => Array.isArray(value));
  return (array ?? []) as readonly Entry[];
}

/** From the Link header. A page at another host than the API's is not followed, because it would get the token. */
function nextPage(answer: Response, current: string, address: string): string | undefined {
  const link = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const url = new URL(link, current);
  return url.origin === new URL(address).origin ? url.href : undefined;
}

/** Without the token: the address itself is signed. */
async function elsewhere(settings: ApiSettings, place: URL): Promise<Response> {
  const isSame = place.origin === new URL(settings.address).origin;
  const plain: ApiSettings = { ...settings, headers: isSame ? settings.headers : {} };
  return send(plain, 'GET', place.href, undefined, 'follow');
}
