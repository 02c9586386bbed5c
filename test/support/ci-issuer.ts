/**
 * An issuer of identity tokens as CI systems have one: a key set over HTTPS or as text, and tokens with the claims that
 * GitHub Actions and GitLab CI write for each kind of job.
 * Sources: GitHub Docs, "OpenID Connect reference"; GitLab Docs, "OpenID Connect (OIDC) Authentication Using ID Tokens".
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { anAuthority } from './certificates.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface CiIssuer {
  /** The public keys as a JSON Web Key Set. */
  readonly jwks: string;
  /** A token with these claims, and with times of its own unless they have some. */
  mint(claims: Claims): Promise<string>;
}

/** @param seconds how long tokens live: GitHub's five minutes */
export async function createCiIssuer(seconds = 300): Promise<CiIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'ci', alg: 'RS256', use: 'sig' }] });
  return {
    jwks,
    async mint(claims) {
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now - 5, exp: now + seconds, jti: randomUUID() };
      return new SignJWT({ ...times, ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'ci' })
        .sign(privateKey);
    },
  };
}

export interface PublishedIssuer extends CiIssuer {
  /** `https://localhost:…` */
  readonly url: string;
  /** Of the authority that made its certificate. */
  readonly caFile: string;
  /** Paths that were read, in their order. */
  readonly reads: readonly string[];
  close(): Promise<void>;
}

/** With a discovery document and a key set over HTTPS. A test that calls this must declare `needs('openssl')`. */
export async function publishCiIssuer(directory: string): Promise<PublishedIssuer> {
  const issuer = await createCiIssuer();
  const authority = await anAuthority(directory, 'ci-issuer');
  const { certFile, keyFile } = await authority.sign('localhost');
  const reads: string[] = [];
  let url = '';
  const documents = () =>
    new Map([
      ['/.well-known/openid-configuration', JSON.stringify({ issuer: url, jwks_uri: `${url}/.well-known/jwks` })],
      ['/.well-known/jwks', issuer.jwks],
    ]);
  const server = createServer(
    { cert: await readFile(certFile), key: await readFile(keyFile) },
    ({ url: path = '' }, response) => {
      reads.push(path);
      const document = documents().get(path);
      response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(document);
    },
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    ...issuer,
    url,
    caFile: authority.certFile,
    reads,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export interface Job {
  /** `team/app` */
  readonly repository: string;
  /** Default: `main`. */
  readonly branch?: string;
  readonly tag?: string;
  readonly environment?: string;
}

const numberOf = (text: string) => String([...text].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e9);

export const githubIssuer = 'https://token.actions.githubusercontent.com';

/** The numbers that GitHub has for a repository and its owner here. */
export const githubIds = (repository: string) => {
  const [owner = ''] = repository.split('/');
  return { repository_id: numberOf(repository), repository_owner_id: numberOf(owner) };
};

/** @param event name of the event, such as `push` or `pull_request` */
export function githubClaims(event: string, { repository, branch = 'main', tag, environment }: Job): Claims {
  const [owner = '', name = ''] = repository.split('/');
  const isPullRequest = event === 'pull_request';
  const ref = isPullRequest ? 'refs/pull/7/merge' : tag === undefined ? `refs/heads/${branch}` : `refs/tags/${tag}`;
  const place =
    environment === undefined ? (isPullRequest ? 'pull_request' : `ref:${ref}`) : `environment:${environment}`;
  const workflow = `${repository}/.github/workflows/keys.yml@${ref}`;
  return {
    iss: githubIssuer,
    aud: 'keystead',
    sub: `repo:${owner}/${name}:${place}`,
    actor: 'octocat',
    actor_id: '12',
    base_ref: isPullRequest ? 'main' : '',
    ...(environment !== undefined && { environment }),
    event_name: event,
    head_ref: isPullRequest ? branch : '',
    job_workflow_ref: workflow,
    job_workflow_sha: 'a'.repeat(40),
    ref,
    ref_protected: 'false',
    ref_type: tag === undefined ? 'branch' : 'tag',
    repository,
    repository_owner: owner,
    ...githubIds(repository),
    repository_visibility: 'private',
    run_attempt: '1',
    run_id: '9183745',
    run_number: '10',
    runner_environment: 'github-hosted',
    sha: 'a'.repeat(40),
    workflow: 'keys',
    workflow_ref: workflow,
    workflow_sha: 'a'.repeat(40),
  };
}

/** The subject of repositories that were made since the summer of 2026. */
export const immutableSubject = (claims: Claims): Claims => {
  const [, owner, name, rest] = /^repo:([^/]+)\/([^:]+):(.*)$/.exec(String(claims.sub)) ?? [];
  return { ...claims, sub: `repo:${owner}@${claims.repository_owner_id}/${name}@${claims.repository_id}:${rest}` };
};

export const gitlabIssuer = 'https://gitlab.com';

/** @param source of the pipeline, such as `push` or `merge_request_event` */
export function gitlabClaims(source: string, { repository, branch = 'main', tag, environment }: Job): Claims {
  const isMergeRequest = source === 'merge_request_event';
  const [ref, type] = tag === undefined ? [branch, 'branch'] : [tag, 'tag'];
  const path = isMergeRequest ? 'refs/merge-requests/7/head' : `refs/${type === 'tag' ? 'tags' : 'heads'}/${ref}`;
  return {
    iss: gitlabIssuer,
    aud: 'keystead',
    sub: `project_path:${repository}:ref_type:${type}:ref:${ref}`,
    ci_config_ref_uri: `gitlab.com/${repository}//.gitlab-ci.yml@${path}`,
    ci_config_sha: 'a'.repeat(40),
    ...(environment !== undefined && {
      deployment_tier: 'production',
      environment,
      environment_action: 'start',
      environment_protected: 'true',
    }),
    job_id: '302',
    namespace_id: '72',
    namespace_path: repository.slice(0, repository.lastIndexOf('/')),
    pipeline_id: '574',
    pipeline_source: source,
    project_id: numberOf(repository),
    project_path: repository,
    project_visibility: 'private',
    ref,
    ref_path: path,
    // GitLab says false for every pipeline of a merge request.
    ref_protected: String(!isMergeRequest && (ref === 'main' || type === 'tag')),
    ref_type: type,
    runner_environment: 'gitlab-hosted',
    runner_id: 1,
    sha: 'a'.repeat(40),
    user_email: 'sample-user@example.com',
    user_id: '1',
    user_login: 'sample-user',
    ...(isMergeRequest && { pipeline_source_event: 'merge_request', target_ref: 'main', target_ref_protected: 'true' }),
  };
}
