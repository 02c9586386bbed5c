import { findEndpoint, findRegion } from '@keystead/provider/client/endpoint.ts';
import { parseIni } from '@keystead/provider/client/ini.ts';
import type { Environment, SharedFiles } from '@keystead/provider/client/shared-files.ts';
import { notRegionNames, regionNames } from '../../support/regions.ts';

function files(text = ''): SharedFiles {
  const sections = parseIni(text);
  return { profile: (name) => sections.get(name), services: (name) => sections.get(`services ${name}`), looked: [] };
}

const endpoint = (given: string | undefined, env: Environment = {}, text = '') =>
  findEndpoint(given, env, files(text), 'default').href;

test('the endpoint comes from the provider block, then the environment, then the profile', () => {
  const env = {
    AWS_ENDPOINT_URL_KMS: 'http://two',
    AWS_ENDPOINT_URL: 'http://three',
    KEYSTEAD_ENDPOINT: 'http://four',
  };
  const profile =
    '[default]\nendpoint_url = http://six\nservices = s\n[services s]\nkms =\n  endpoint_url = http://five\n';
  expect(endpoint('http://one', env, profile)).toBe('http://one/');
  expect(endpoint(undefined, env, profile)).toBe('http://two/');
  expect(endpoint(undefined, { ...env, AWS_ENDPOINT_URL_KMS: '' }, profile)).toBe('http://three/');
  expect(endpoint(undefined, { KEYSTEAD_ENDPOINT: 'http://four' }, profile)).toBe('http://four/');
  expect(endpoint(undefined, {}, profile)).toBe('http://five/');
  expect(endpoint(undefined, {}, '[default]\nendpoint_url = http://six\n')).toBe('http://six/');
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
