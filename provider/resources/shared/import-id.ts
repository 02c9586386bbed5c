/** Import ids: what names the object, then optionally `@` and its Region. */
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

const regionSuffix = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d{1,2})$/;
const keyArn = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/(.+)$/;
const keyId = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

export function splitImportId(text: string): ImportId {
  const [, id, region] = regionSuffix.exec(text) ?? [];
  return { id: id ?? text, region };
}

/** A key's import id; its ARN will do too, and then says the Region. */
export function keyImportId(type: string, text: string): ImportId {
  const split = splitImportId(text);
  const [, arnRegion, idInArn] = keyArn.exec(split.id) ?? [];
  const id = idInArn ?? split.id;
  if (!keyId.test(id)) {
    throw new DiagnosticError([
      invalidImportId(type, text, 'a key id such as 1234abcd-12ab-34cd-56ef-1234567890ab or mrk-…'),
    ]);
  }
  return { id, region: split.region ?? arnRegion };
}

export function invalidImportId(type: string, text: string, expected: string): Diagnostic {
  return {
    severity: 'error',
    summary: `Cannot import ${type}`,
    detail: `The import id "${text}" is not understood. Write ${expected}, with @region at its end for another Region.`,
  };
}

/** An identity names account and Region beside the id; another account than the provider's cannot be meant. */
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
      summary: 'The identity is of another account',
      detail: `account_id is ${account}, but the provider works in account ${own}. Correct it or leave it out.`,
    },
  ]);
}
