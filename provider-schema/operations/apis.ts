/**
 * Completes operation records: a function for each API takes the records of a family by their names and adds the parts
 * that all records of the API have in common.
 */
import { defined } from '../defined.ts';
import type { ErrorCode } from '../errors.ts';
import type { OperationRecord, RestRoute, Service } from '../records.ts';
import type { OwnTarget } from './targets.ts';

/** The part of a record that its family's file writes. */
interface OwnRecord {
  readonly summary: string;
  readonly unsigned?: true;
  /** Absent: the shape `<Name>Response`. */
  readonly output?: string | null;
  readonly targets: readonly OwnTarget[];
  /** Absent: false. */
  readonly grantable?: true;
  /** Absent: `read` for the access levels List and Read, `write` for the others. */
  readonly effect?: 'read';
  readonly accessLevel: OperationRecord['accessLevel'];
  /** Beyond the common ones and KMSInternalException. */
  readonly errors?: readonly ErrorCode[];
  /** Method and path of the REST door. */
  readonly rest: `${RestRoute['method']} /v1/${string}`;
  /** Creates an object: the REST door answers 201; others answer 200, or 204 without an output. */
  readonly creates?: true;
}

/** The type keeps each status, so that the map of functions needs exactly the implemented operations. */
type Records<Statuses> = {
  readonly [Name in keyof Statuses]: OperationRecord & {
    readonly status: Statuses[Name] extends 'planned' ? 'planned' : 'implemented';
  };
};

type OwnRecords<Statuses> = {
  readonly [Name in keyof Statuses]: OwnRecord & {
    /** Absent: `implemented`. */
    readonly status?: Statuses[Name];
  };
};

/** Records of AWS KMS. */
export const kms = <const Statuses>(own: OwnRecords<Statuses>) => complete('kms', own);
/** Records of AWS IAM. Actions, names and errors are those of API version 2010-05-08. */
export const iam = <const Statuses>(own: OwnRecords<Statuses>) => complete('iam', own);
/** Records of AWS STS. Names and errors are those of API version 2011-06-15. */
export const sts = <const Statuses>(own: OwnRecords<Statuses>) => complete('sts', own);
/** Records of AWS CloudTrail. */
export const cloudtrail = <const Statuses>(own: OwnRecords<Statuses>) => complete('cloudtrail', own);
/** Records of Keystead's own operations, which only the REST door serves. */
export const keystead = <const Statuses>(own: OwnRecords<Statuses>) => complete('keystead', own);

function complete<Statuses>(service: Service, own: OwnRecords<Statuses>): Records<Statuses> {
  const records = Object.entries<OwnRecord & { readonly status?: unknown }>(own).map(([name, record]) => [
    name,
    whole(service, name, record),
  ]);
  return Object.fromEntries(records) as Records<Statuses>;
}

function whole(service: Service, name: string, own: OwnRecord & { readonly status?: unknown }): OperationRecord {
  const { output = `${name}Response`, accessLevel } = own;
  const reads = own.effect === 'read' || accessLevel === 'List' || accessLevel === 'Read';
  return {
    name,
    summary: own.summary,
    status: own.status === 'planned' ? 'planned' : 'implemented',
    service,
    ...defined({ unsigned: own.unsigned }),
    input: `${name}Request`,
    output,
    targets: own.targets.map((target) => ({ ...target, action: target.action ?? `${service}:${name}` })),
    grantable: own.grantable ?? false,
    effect: reads ? 'read' : 'write',
    accessLevel,
    errors: ['KMSInternalException' as const, ...(own.errors ?? [])].sort(),
    rest: route(own.rest, own.creates ? 201 : output === null ? 204 : 200),
  };
}

function route(rest: OwnRecord['rest'], successStatus: RestRoute['successStatus']): RestRoute {
  const [method, path] = rest.split(' ') as [RestRoute['method'], string];
  return { method, path, successStatus };
}
