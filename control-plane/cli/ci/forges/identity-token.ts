/**
 * The identity token of a job. GitHub mints one for each request; GitLab puts one into a variable that the job declares.
 * Sources: GitHub, "OpenID Connect reference", section Methods for requesting the OIDC token; GitLab, "ID tokens".
 */
import { CommandError } from '../../shared/report.ts';
import { openApi } from './api.ts';
import { type Environment, requireVariable } from './environment.ts';

/** @param audience what the role's trust policy asks for */
export async function gitHubToken(env: Environment, audience: string, pauseMs?: number): Promise<string> {
  const hint =
    'The job needs "permissions: id-token: write". A pull request of a fork does not get one, and neither does one of Dependabot.';
  const url = new URL(requireVariable(env, 'ACTIONS_ID_TOKEN_REQUEST_URL', hint));
  const secret = requireVariable(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', hint);
  url.searchParams.set('audience', audience);
  const api = openApi({
    name: 'GitHub',
    address: url.origin,
    headers: { authorization: `Bearer ${secret}` },
    permissionHint: () => hint,
    ...(pauseMs !== undefined && { pauseMs }),
  });
  const { value } = await api.call<{ value?: unknown }>('GET', url.pathname + url.search);
  return requireToken(value, 'GitHub did not answer with an identity token.', hint);
}

/** @param variable that the job declares below `id_tokens` */
export function gitLabToken(env: Environment, variable: string): string {
  const hint = `The job needs "id_tokens: ${variable}: aud: …".`;
  return requireToken(requireVariable(env, variable, hint), `${variable} does not have an identity token.`, hint);
}

/** Three parts of base64url: RFC 7515, section 7.1. */
function requireToken(value: unknown, problem: string, hint: string): string {
  if (typeof value === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return value;
  throw new CommandError(problem, hint);
}
