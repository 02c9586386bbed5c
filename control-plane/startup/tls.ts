/**
 * TLS of the listening socket: certificate and key from PEM files; optionally every client must present a certificate.
 * TLS 1.2 at least, with OpenSSL's default suites (RFC 9325, section 4.2). The files can be read again while serving,
 * so that a renewed certificate needs no restart; open connections keep their certificate.
 */
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import type { TlsFiles } from './config.ts';
import { exitCodes, StartError } from './start-error.ts';

/** Reads the files and checks that they fit each other. @throws StartError that names the file at fault */
export async function readTls(files: TlsFiles): Promise<TlsOptions> {
  const [cert, key] = await Promise.all([read(files.certFile, '--tls-cert'), read(files.keyFile, '--tls-key')]);
  const ca = files.clientCaFile === undefined ? undefined : await read(files.clientCaFile, '--tls-client-ca');
  if (ca !== undefined) requireUsable({ ca }, `${files.clientCaFile} holds no PEM certificate`, '--tls-client-ca');
  requireUsable({ cert }, `${files.certFile} holds no PEM certificate`, '--tls-cert');
  requireUsable({ cert, key }, `${files.keyFile} is not the private key of ${files.certFile}`, '--tls-key');
  const own: TlsOptions = { cert, key, minVersion: 'TLSv1.2' };
  return ca === undefined ? own : { ...own, ca, requestCert: true, rejectUnauthorized: true };
}

async function read(path: string, option: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw refused(`${path} cannot be read: ${error.message}`, option);
  });
}

function requireUsable(options: SecureContextOptions, otherwise: string, option: string): void {
  const pem = options.key === undefined ? String(options.cert ?? options.ca) : String(options.key);
  // OpenSSL reads a file without any PEM block as an empty list.
  if (!/-----BEGIN [A-Z ]+-----/.test(pem)) throw refused(otherwise, option);
  try {
    createSecureContext(options);
  } catch {
    throw refused(otherwise, option);
  }
}

function refused(sentence: string, option: string): StartError {
  return new StartError(`${sentence}.`, `Name a PEM file with ${option}.`, exitCodes.tls);
}
