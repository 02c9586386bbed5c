/**
 * Services that the operator trusts to act for principals that do not prove themselves, from a JSON file: account id →
 * service's name → operations of KMS. Read once, at the start.
 */
import { readFileSync } from 'node:fs';
import { isAccountId, isServiceName } from '@keystead/provider-schema/arn.ts';
import { findOperation } from '@keystead/provider-schema/operations/index.ts';
import { type TrustedServices, trustedServiceKey } from '../authentication/forwarding.ts';
import { exitCodes, StartError } from './start-error.ts';

/** @throws StartError */
export function readTrustedServices(file: string | undefined): TrustedServices {
  if (file === undefined) return new Map();
  const trusted = Object.entries(objectIn(file, readJson(file), 'it')).flatMap(([accountId, services]) => {
    if (!isAccountId(accountId)) throw unusable(file, `"${accountId}" is not an account id of 12 digits`);
    return Object.entries(objectIn(file, services, `"${accountId}"`)).map(([service, operations]) => {
      if (!isServiceName(service)) throw unusable(file, `"${service}" is not the name of a service`);
      return [trustedServiceKey(accountId, service), operationsOf(file, service, operations)] as const;
    });
  });
  return new Map(trusted);
}

function operationsOf(file: string, service: string, value: unknown): ReadonlySet<string> {
  if (!Array.isArray(value) || value.length === 0) throw unusable(file, `"${service}" has no list of operations`);
  for (const name of value) {
    if (typeof name !== 'string' || findOperation(name)?.service !== 'kms') {
      throw unusable(file, `"${service}": KMS does not have the operation ${JSON.stringify(name)}`);
    }
  }
  return new Set(value as readonly string[]);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

function objectIn(file: string, value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unusable(file, `${what} is not a JSON object`);
}

function unusable(file: string, reason: string): StartError {
  return new StartError(
    `The trusted services in ${file} cannot be used: ${reason}.`,
    'Write a JSON file such as {"111122223333": {"s3.amazonaws.com": ["Decrypt", "GenerateDataKey"]}}.',
    exitCodes.usage,
  );
}
