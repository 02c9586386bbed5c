import { findEndpoint, findRegion } from '@keystead/provider/client/endpoint.ts';
import { readSettings } from '@keystead/provider/client/settings.ts';
import { parseIni } from '@keystead/provider/credentials/ini.ts';
import type { Environment, SharedFiles } from '@keystead/provider/credentials/shared-files.ts';
import { notRegionNames, regionNames } from '../../support/regions.ts';

function files(text = ''): SharedFiles {
  const sections = parseIni(text);
  return { profile: (name) => sections.get(name), services: (name) => sections.get(`services ${name}`), looked: [] };
}

const endpoint = (given: string | undefined, env: Environment = {}, text = '', allowPlaintext = false) =>
  findEndpoint({ endpoint: given, allowPlaintext }, env, files(text), 'default').href;

test('the endpoint comes from the provider block, then the environment, then the profile', () => {
  const env = {
    AWS_ENDPOINT_URL_KMS: 'https://two',
    AWS_ENDPOINT_URL: 'https://three',
    KEYSTEAD_ENDPOINT: 'https://four',
  };
  const profile =
    '[default]\nendpoint_url = https://six\nservices = s\n[services s]\nkms =\n  endpoint_url = https://five\n';
  expect(endpoint('https://one', env, profile)).toBe('https://one/');
  expect(endpoint(undefined, env, profile)).toBe('https://two/');
  expect(endpoint(undefined, { ...env, AWS_ENDPOINT_URL_KMS: '' }, profile)).toBe('https://three/');
  expect(endpoint(undefined, { KEYSTEAD_ENDPOINT: 'https://four' }, profile)).toBe('https://four/');
  expect(endpoint(undefined, {}, profile)).toBe('https://five/');
  expect(endpoint(undefined, {}, '[default]\nendpoint_url = https://six\n')).toBe('https://six/');
});

test('without an endpoint it lists every way to give one, and says that it never talks to AWS', () => {
  expect(() => endpoint(undefined)).toThrow(
    /endpoints \{ kms = .*AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL and KEYSTEAD_ENDPOINT.*never to AWS/,
  );
});

test.each([
  ['localhost:8600', /not an http or https URL/],
  ['unix:/run/keystead.sock', /not an http or https URL/],
  ['https://kms.us-east-1.amazonaws.com', /hashicorp\/aws provider/],
  ['https://kms.cn-north-1.amazonaws.com.cn', /hashicorp\/aws provider/],
  ['https://kms.us-east-1.api.aws', /hashicorp\/aws provider/],
])('the endpoint %s is refused', (text, reason) => {
  expect(() => endpoint(text)).toThrow(reason);
});

test.each(['http://127.0.0.1:8600/', 'http://127.9.8.7/', 'http://[::1]:8600/', 'http://localhost:8600/'])(
  'the endpoint %s is on this machine and can be http',
  (text) => {
    expect(endpoint(text)).toBe(text);
  },
);

test.each(['http://keys.example.com:8600/', 'http://10.0.0.7/', 'http://[fe80::1]/', 'http://localhost.example.com/'])(
  'the endpoint %s is refused, unless plaintext is allowed',
  (text) => {
    expect(() => endpoint(text)).toThrow(/not encrypted: endpoints .*allow_plaintext_endpoint = true.*KEYSTEAD_ALLOW_/);
    expect(() => endpoint(undefined, { KEYSTEAD_ENDPOINT: text })).toThrow(/not encrypted: KEYSTEAD_ENDPOINT names/);
    expect(endpoint(text, {}, '', true)).toBe(text);
    expect(endpoint(text.replace('http:', 'https:'))).toBe(text.replace('http:', 'https:'));
  },
);

test('plaintext is allowed by the argument, or by the environment where the argument is not set', () => {
  const allowed = (argument: boolean | null, variable?: string) =>
    readSettings({ allow_plaintext_endpoint: argument }, { KEYSTEAD_ALLOW_PLAINTEXT_ENDPOINT: variable })
      .allowPlaintext;
  expect([allowed(true), allowed(null, 'true'), allowed(true, 'false')]).toEqual([true, true, true]);
  expect([allowed(null), allowed(false, 'true'), allowed(null, '1')]).toEqual([false, false, false]);
});

const region = (given: string | undefined, env: Environment = {}, text = '', skipRegionValidation = false) =>
  findRegion({ region: given, skipRegionValidation }, env, files(text), 'default');

test('the Region comes from the provider block, then the environment, then the profile', () => {
  const env = { AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-west-1' };
  const profile = '[default]\nregion = eu-west-1\n';
  expect(region('us-east-1', env, profile)).toBe('us-east-1');
  expect(region(undefined, env, profile)).toBe('us-east-2');
  expect(region(undefined, { AWS_DEFAULT_REGION: 'us-west-1' }, profile)).toBe('us-west-1');
  expect(region(undefined, {}, profile)).toBe('eu-west-1');
});

test('a missing and an invalid Region are refused; unusual names are accepted with skip_region_validation', () => {
  expect(() => region(undefined)).toThrow(/No Region configured/);
  expect(() => region('cellar')).toThrow(/skip_region_validation/);
  expect(region('cellar', {}, '', true)).toBe('cellar');
});

test.each(regionNames)('the Region %s is accepted', (name) => {
  expect(region(name)).toBe(name);
});

test.each(notRegionNames)('the Region %j is refused', (name) => {
  expect(() => region(name)).toThrow(/Invalid Region/);
});
