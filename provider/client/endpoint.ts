/**
 * Where the control plane is and which Region the provider works in. There is no default endpoint: without one the
 * provider stops, so that no request meant for this control plane ever reaches AWS.
 */
import { isRegion } from '@keystead/provider-schema/arn.ts';
import type { Environment, SharedFiles } from '../credentials/shared-files.ts';
import { DiagnosticError, type PathStep } from '../engine/resource.ts';

const kmsPath: readonly PathStep[] = ['endpoints'];

/** First match wins: provider block, environment, profile. */
export function findEndpoint(
  { endpoint: given, allowPlaintext }: { readonly endpoint: string | undefined; readonly allowPlaintext: boolean },
  env: Environment,
  files: SharedFiles,
  profileName: string,
): URL {
  const profile = files.profile(profileName);
  const services = files.services(profile?.get('services') ?? '');
  const candidates: readonly (readonly [string, string | undefined])[] = [
    ['endpoints { kms = … }', given],
    ['AWS_ENDPOINT_URL_KMS', env.AWS_ENDPOINT_URL_KMS],
    ['AWS_ENDPOINT_URL', env.AWS_ENDPOINT_URL],
    ['KEYSTEAD_ENDPOINT', env.KEYSTEAD_ENDPOINT],
    ['the profile’s services section', services?.get('kms.endpoint_url')],
    ['endpoint_url of the profile', profile?.get('endpoint_url')],
  ];
  const found = candidates.find(([, text]) => text !== undefined && text !== '');
  if (found === undefined) {
    throw failure(
      'No Keystead endpoint configured',
      'Set endpoints { kms = "http://127.0.0.1:8600" } in the provider block, or one of the environment variables ' +
        'AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL and KEYSTEAD_ENDPOINT, to the address that `keystead serve` printed. ' +
        'This provider talks to a Keystead control plane only, never to AWS.',
    );
  }
  const url = parseEndpoint(found[1] ?? '', found[0]);
  if (url.protocol === 'http:' && !allowPlaintext && !isLoopback(url.hostname)) throw plaintext(url, found[0]);
  return url;
}

function parseEndpoint(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw failure(
      'Invalid Keystead endpoint',
      `${source} is "${text}", which is not an http or https URL. Write it like http://127.0.0.1:8600.`,
    );
  }
  if (/\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(url.hostname)) {
    throw failure(
      'The endpoint belongs to AWS',
      `${source} names ${url.hostname}. This provider manages keys in a Keystead control plane; ` +
        'point it there, or use the hashicorp/aws provider for AWS itself.',
    );
  }
  return url;
}

const isLoopback = (host: string): boolean => /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/.test(host);

function plaintext({ host }: URL, source: string): DiagnosticError {
  return failure(
    'The endpoint is not encrypted',
    `${source} names http://${host}, which is beyond this machine: key material and plaintexts could be read on the ` +
      `network, and answers changed. Use https://${host}; keystead serve takes --tls-cert and --tls-key. Where the ` +
      'network itself is encrypted, set allow_plaintext_endpoint = true in the provider block, or ' +
      'KEYSTEAD_ALLOW_PLAINTEXT_ENDPOINT=true in the environment.',
  );
}

function failure(summary: string, detail: string): DiagnosticError {
  return new DiagnosticError([{ severity: 'error', summary, detail, path: kmsPath }]);
}

export function findRegion(
  settings: { readonly region: string | undefined; readonly skipRegionValidation: boolean },
  env: Environment,
  files: SharedFiles,
  profileName: string,
): string {
  const region =
    settings.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || files.profile(profileName)?.get('region') || '';
  if (region === '') {
    throw new DiagnosticError([
      {
        severity: 'error',
        summary: 'No Region configured',
        detail:
          'Set region in the provider block, AWS_REGION in the environment, or region in the profile. ' +
          'A control plane keeps keys per Region, such as us-east-1.',
        path: ['region'],
      },
    ]);
  }
  if (!settings.skipRegionValidation && !isRegion(region)) {
    throw new DiagnosticError([
      {
        severity: 'error',
        summary: 'Invalid Region',
        detail: `"${region}" is not a Region name such as us-east-1. Correct it, or set skip_region_validation = true.`,
        path: ['region'],
      },
    ]);
  }
  return region;
}
