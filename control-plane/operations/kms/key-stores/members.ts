/** Which members a request can have: those of one type of key store, and of one connectivity. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';
import type { Input } from '../../shared/implementation.ts';

/** Stands in for a member that is always there, because requireMembersOfType has checked it. */
export const NO_SECRET = new Secret('');

export type CreateInput = Input<'CreateCustomKeyStore'>;
export type UpdateInput = Input<'UpdateCustomKeyStore'>;

/** The type of the new key store. */
export const typeOf = ({ CustomKeyStoreType: type = 'AWS_CLOUDHSM' }: CreateInput) => type;

const clusterMembers = ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword'] as const;
const externalMembers = [
  'XksProxyConnectivity',
  'XksProxyAuthenticationCredential',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
] as const;
const serviceMembers = ['XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'] as const;

/** Which of the names are members of the request. */
const given = (input: object, names: readonly string[]) =>
  names.filter((name) => (input as Readonly<Record<string, unknown>>)[name] !== undefined);

/** A new key store has all members of its type and none of the other type. @throws KmsError ValidationException */
export function requireMembersOfType(input: CreateInput): void {
  const type = typeOf(input);
  const [needed, foreign] =
    type === 'AWS_CLOUDHSM'
      ? [clusterMembers, [...externalMembers, ...serviceMembers]]
      : [externalMembers, [...clusterMembers]];
  const missing = needed.filter((name) => input[name] === undefined);
  if (missing.length > 0) throw invalid(`CustomKeyStoreType ${type} needs ${missing.join(', ')}.`);
  refuseForeign(type, given(input, foreign));
  if (type === 'AWS_CLOUDHSM') return;
  requireServiceMembers(input.XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE', input);
}

function refuseForeign(type: string, foreign: readonly string[]): void {
  if (foreign.length > 0) throw invalid(`${foreign.join(', ')} cannot be given for CustomKeyStoreType ${type}.`);
}

function requireServiceMembers(isPrivate: boolean, input: CreateInput | UpdateInput): void {
  const services = given(input, serviceMembers);
  if (isPrivate && input.XksProxyVpcEndpointServiceName === undefined) {
    throw invalid('XksProxyConnectivity VPC_ENDPOINT_SERVICE needs XksProxyVpcEndpointServiceName.');
  }
  if (!isPrivate && services.length > 0) {
    throw invalid(`${services.join(', ')} cannot be given for XksProxyConnectivity PUBLIC_ENDPOINT.`);
  }
}

const invalid = (problem: string) => new KmsError('ValidationException', problem);

/** A change must have only members of the key store's type. @throws KmsError ValidationException */
export function requireMembersOfRow(row: CustomKeyStoreRow, input: UpdateInput): void {
  const foreign = row.type === 'AWS_CLOUDHSM' ? [...externalMembers, ...serviceMembers] : clusterMembers;
  refuseForeign(row.type, given(input, foreign));
  const { XksProxyConnectivity: connectivity, XksProxyUriEndpoint: endpoint } = input;
  if (connectivity !== undefined && connectivity !== row.xks_connectivity) {
    if (endpoint === undefined)
      throw invalid(`A change to XksProxyConnectivity ${connectivity} needs XksProxyUriEndpoint.`);
    requireServiceMembers(connectivity === 'VPC_ENDPOINT_SERVICE', input);
  } else if (row.type === 'EXTERNAL_KEY_STORE' && row.xks_connectivity === 'PUBLIC_ENDPOINT') {
    requireServiceMembers(false, input);
  }
}

/** Whether a connected key store allows the change: of its name, or of an external one's credential or URI path. */
export function isLive(input: UpdateInput): boolean {
  const needDisconnection = [...clusterMembers, 'XksProxyConnectivity', 'XksProxyUriEndpoint', ...serviceMembers];
  return given(input, needDisconnection).length === 0;
}
