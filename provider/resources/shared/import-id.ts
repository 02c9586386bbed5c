/** Import ids: the name or id of the object, then optionally `@` and its Region. */
import { parseKeyReference, regionPattern } from '@keystead/provider-schema/arn.ts';
import type { Client } from '../../client/client.ts';
import { type Diagnostic, DiagnosticError } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { attempt } from './failures.ts';
import { regionOf } from './region.ts';
import { textOf } from './values.ts';

export interface ImportId {
  readonly id: string;
  /** undefined: the provider's. */
  readonly region: string | undefined;
}

const regionSuffix = new RegExp(`^(.+)@(${regionPattern})$`);

export function splitImportId(text: string): ImportId {
  const [, id, region] = regionSuffix.exec(text) ?? [];
  return { id: id ?? text, region };
}

/** A key's import id: its key id, or its ARN, which also names the Region. */
export function keyImportId(type: string, text: string): ImportId {
  const split = splitImportId(text);
  const key = parseKeyReference(split.id);
  if (key?.form === 'key-id') return { id: key.keyId, region: split.region };
  if (key?.form === 'key-arn') return { id: key.keyId, region: split.region ?? key.region };
  throw new DiagnosticError([
    invalidImportId(type, text, 'a key id such as 1234abcd-12ab-34cd-56ef-1234567890ab or mrk-…'),
  ]);
}

export function invalidImportId(type: string, text: string, expected: string): Diagnostic {
  return {
    severity: 'error',
    summary: `Cannot import ${type}`,
    detail: `The import id "${text}" is not valid. Write ${expected}, with @region at its end for another Region.`,
  };
}

/** An identity names account and Region beside the id; the account must be the provider's. */
export async function importIdFromIdentity(client: Client, identity: ObjectValue, attribute: string): Promise<string> {
  const account = textOf(identity, 'account_id');
  if (account !== undefined) await requireAccount(client, account);
  const named = textOf(identity, attribute) ?? '';
  const region = textOf(identity, 'region');
  return region === undefined ? named : `${named}@${region}`;
}

async function requireAccount(client: Client, account: string): Promise<void> {
  const { Account: own } = await attempt('reading the caller identity', undefined, () =>
    client.read('GetCallerIdentity', {}, regionOf(client, {})),
  );
  if (account === own) return;
  throw new DiagnosticError([
    {
      severity: 'error',
      summary: 'The identity belongs to another account',
      detail: `account_id is ${account}, but the provider works in account ${own}. Correct it or leave it out.`,
    },
  ]);
}
