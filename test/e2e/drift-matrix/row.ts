/** What the table of attributes says of one: how it is changed by hand, or why it cannot be. */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';

/** Whoever changes things by hand: another principal than the one that applies. */
export interface Hand {
  call<Name extends OperationName>(name: Name, input: InputJson<Name>, region?: string): Promise<OutputJson<Name>>;
  /** Imports other key material, with this expiry or none. */
  importMaterial(keyId: string, validTo: Date, region?: string): Promise<void>;
}

/** The resource of the row, as the state has it. */
export type Values = Readonly<Record<string, string>>;

export interface Change {
  /** @param round the changes are made in rounds, and leave other values in each */
  readonly by: (hand: Hand, values: Values, round: number) => Promise<unknown>;
  /** In the report, if it has another name there. */
  readonly reported?: string;
  /** Its configuration, beside what every resource of the type has. */
  readonly code?: string;
  /** Reported whatever `ignore_changes` says: an object as a whole, or the key material behind the attribute. */
  readonly whole?: true;
}

export type Row = Change | { readonly reason: string };

/** Rows of a type by attribute; `constraints.source_arn` is of a block, and a name with a space is that of something else. */
export type Rows = Readonly<Record<string, Row>>;

export interface TypeRows {
  /** Body of the resource for one of its rows: `each.key` is the name of the row. */
  readonly body: string;
  readonly rows: Rows;
}

export const given: Row = { reason: 'the service gives it once' };
export const fixed: Row = { reason: 'part of what the object is: no operation changes it' };
export const asked: Row = { reason: 'an argument of requests or of Terraform, which the service does not keep' };
export const stateOnly: Row = { reason: 'only the state has it' };
export const follows = (attribute: string): Row => ({ reason: `follows ${attribute}, which has a row` });

export const ALICE = 'arn:aws:iam::111122223333:user/alice';
export const DECRYPT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }],
});
/** Another policy of an identity in each round. */
export const another = (round: number): string =>
  DECRYPT.replace('kms:Decrypt', `kms:${['Encrypt', 'Sign'][round % 2]}`);
export const READ = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
