import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@keystead/provider/wire/certificate.ts';
import { needs } from '../../support/needs.ts';

needs('openssl');

const now = new Date('2030-05-06T07:08:09Z');
const identity = makeIdentity(now);
const openssl = (input: Buffer | string, ...args: readonly string[]): string =>
  execFileSync('openssl', args, { input, encoding: 'utf8' });

describe('the certificate of one run', () => {
  test('is read by openssl with the extensions a client asks for', () => {
    const text = openssl(identity.certificate, 'x509', '-inform', 'DER', '-noout', '-text');
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(text).toMatch(/Subject: CN ?= ?localhost/);
    expect(text).toContain('DNS:localhost');
    expect(text).toContain('CA:TRUE');
    expect(text).toContain('Digital Signature, Certificate Sign');
    expect(text).toContain('TLS Web Server Authentication, TLS Web Client Authentication');
    expect(text).toContain('prime256v1');
  });

  test('is strict DER: openssl writes the same bytes again', () => {
    const again = execFileSync('openssl', ['x509', '-inform', 'DER', '-outform', 'DER'], {
      input: identity.certificate,
    });
    expect(again.equals(identity.certificate)).toBe(true);
  });

  test('verifies against itself', () => {
    const certificate = new X509Certificate(identity.certificatePem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(identity.privateKeyPem))).toBe(true);
    expect(certificate.raw.equals(identity.certificate)).toBe(true);
  });

  test('was valid a day ago and is for years', () => {
    const certificate = new X509Certificate(identity.certificatePem);
    expect(certificate.validFromDate).toEqual(new Date('2030-05-05T07:08:09Z'));
    expect(certificate.validToDate.getUTCFullYear()).toBe(2040);
  });

  test('has four-digit years from 2050 on', () => {
    const certificate = new X509Certificate(makeIdentity(new Date('2049-12-31T00:00:00Z')).certificatePem);
    expect(certificate.validFromDate).toEqual(new Date('2049-12-30T00:00:00Z'));
    expect(certificate.validToDate.getUTCFullYear()).toBe(2059);
  });

  test('has a positive serial number and a key of its own each time', () => {
    const serials = new Set<string>();
    for (let run = 0; run < 8; run++) {
      const { serialNumber } = new X509Certificate(makeIdentity(now).certificate);
      expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
      serials.add(serialNumber);
    }
    expect(serials.size).toBe(8);
  });
});
