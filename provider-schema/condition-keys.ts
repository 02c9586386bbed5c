/**
 * The condition keys that policies can use: those of AWS KMS and the global ones, with the type of their values.
 * Sources: KMS Developer Guide, "AWS KMS condition keys"; Service Authorization Reference, "Condition keys for AWS Key
 * Management Service"; IAM User Guide, "AWS global condition context keys".
 */

export type ConditionKeyType = 'String' | 'Numeric' | 'Date' | 'Bool' | 'IPAddress' | 'ARN';

export interface ConditionKeyRecord {
  readonly type: ConditionKeyType;
  /** What the value is, in a few words. */
  readonly description: string;
  /** A request can have several values: conditions need ForAnyValue or ForAllValues. */
  readonly multivalued?: true;
  /** A key policy cannot use it: there it never matches. */
  readonly identityPoliciesOnly?: true;
  /** It is one of many: the name goes on with what is written here, for example a tag's key. */
  readonly suffix?: string;
}

const string = (description: string) => ({ type: 'String', description }) as const;
const strings = (description: string) => ({ type: 'String', description, multivalued: true }) as const;
const family = (suffix: string, description: string) => ({ type: 'String', description, suffix }) as const;
const numeric = (description: string) => ({ type: 'Numeric', description }) as const;
const date = (description: string) => ({ type: 'Date', description }) as const;
const bool = (description: string) => ({ type: 'Bool', description }) as const;
const ip = (description: string) => ({ type: 'IPAddress', description }) as const;
const arn = (description: string) => ({ type: 'ARN', description }) as const;

/** By name; those of a family by the part of the name that they share. */
export const kmsConditionKeys = {
  'kms:BypassPolicyLockoutSafetyCheck': bool('the parameter of CreateKey, PutKeyPolicy and ReplicateKey'),
  'kms:CallerAccount': string('account of the caller, 12 digits'),
  'kms:CustomerMasterKeySpec': string('deprecated name of kms:KeySpec'),
  'kms:CustomerMasterKeyUsage': string('deprecated name of kms:KeyUsage'),
  'kms:DataKeyPairSpec': string('key spec of the data key pair'),
  'kms:EncapsulationAlgorithm': string('algorithm of Encapsulate and Decapsulate'),
  'kms:EncryptionAlgorithm': string('algorithm, defaults included'),
  'kms:EncryptionContext:': family('name of the pair', 'value of one pair of the encryption context'),
  'kms:EncryptionContextKeys': strings('names of all pairs of the encryption context'),
  'kms:ExpirationModel': string('whether imported key material expires, if the request says it'),
  'kms:GrantConstraintSourceArn': arn('source ARN in the constraints of the grant'),
  'kms:GrantConstraintType': string('EncryptionContextEquals or EncryptionContextSubset'),
  'kms:GrantIsForAWSResource': bool("whether a service makes, lists or revokes the grant on a user's behalf"),
  'kms:GrantOperations': strings('operations of the grant'),
  'kms:GranteePrincipal': string('grantee principal of the grant, an ARN'),
  'kms:GranteeServicePrincipal': string('grantee of the grant, a service'),
  'kms:KeyAgreementAlgorithm': string('algorithm of DeriveSharedSecret'),
  'kms:KeyOrigin': string('origin of the key material'),
  'kms:KeySpec': string('key spec'),
  'kms:KeyUsage': string('key usage'),
  'kms:MacAlgorithm': string('algorithm of GenerateMac and VerifyMac'),
  'kms:MessageType': string('RAW, DIGEST or EXTERNAL_MU'),
  'kms:MultiRegion': bool('whether it is a multi-Region key'),
  'kms:MultiRegionKeyType': string('PRIMARY or REPLICA'),
  'kms:PrimaryRegion': string('Region that UpdatePrimaryRegion names'),
  'kms:RecipientAttestation:': family('ImageSha384 or a PCR', 'measurement of the enclave that asks'),
  'kms:ReEncryptOnSameKey': bool('whether ReEncrypt uses one key for both'),
  'kms:ReplicaRegion': string('Region that ReplicateKey names'),
  'kms:RequestAlias': string('alias by which the request names the key, alias/…'),
  'kms:ResourceAliases': { ...strings('aliases of the key, alias/…'), identityPoliciesOnly: true },
  'kms:RetiringPrincipal': string('retiring principal of the grant, an ARN'),
  'kms:RetiringServicePrincipal': string('retiring principal of the grant, a service'),
  'kms:RotationPeriodInDays': numeric('days between rotations'),
  'kms:ScheduleKeyDeletionPendingWindowInDays': numeric('days until the key is deleted'),
  'kms:SigningAlgorithm': string('algorithm of Sign and Verify'),
  'kms:TrailingDaysWithoutKeyUsage': numeric('whole days since the key was last used'),
  // AWS calls it a date, gives seconds since 1970 and compares it with numeric operators.
  'kms:ValidTo': numeric('when imported key material expires, seconds since 1970'),
  'kms:ViaService': string('service that calls on behalf of the caller, s3.eu-west-1.amazonaws.com'),
  'kms:WrappingAlgorithm': string('algorithm of GetParametersForImport'),
  'kms:WrappingKeySpec': string('key spec of GetParametersForImport'),
} as const satisfies Record<string, ConditionKeyRecord>;

/** As `kmsConditionKeys`. */
export const globalConditionKeys = {
  'aws:AssumedRoot': bool('whether the credentials are a task session of the root user'),
  'aws:CalledVia': strings('services that called on behalf of the caller, in order'),
  'aws:CalledViaFirst': string('first of the services that called on behalf of the caller'),
  'aws:CalledViaLast': string('last of the services that called on behalf of the caller'),
  'aws:ChatbotSourceArn': arn('configuration of the chat from which the request came'),
  'aws:CurrentTime': date('date and time of the request'),
  'aws:Ec2InstanceSourcePrivateIPv4': ip('address of the instance whose role calls'),
  'aws:Ec2InstanceSourceVpc': string('network of the instance whose role calls'),
  'aws:EpochTime': date('date and time of the request, seconds since 1970'),
  'aws:FederatedProvider': string('identity provider that opened the session'),
  'aws:MultiFactorAuthAge': numeric('seconds since the second factor was given'),
  'aws:MultiFactorAuthPresent': bool('whether temporary credentials were issued with a second factor'),
  'aws:PrincipalAccount': string('account of the caller, 12 digits'),
  'aws:PrincipalArn': arn('ARN of the caller; of a session, its role'),
  'aws:PrincipalIsAWSService': bool('whether a service calls in its own name'),
  'aws:PrincipalOrgID': string("organization of the caller's account"),
  'aws:PrincipalOrgPaths': strings("place of the caller's account in its organization"),
  'aws:PrincipalServiceName': string('service that calls in its own name'),
  'aws:PrincipalServiceNamesList': strings('all names of the service that calls in its own name'),
  'aws:PrincipalTag/': family('key of the tag', 'value of a tag of the caller'),
  'aws:PrincipalType': string('Account, User, AssumedRole or FederatedUser'),
  'aws:Referer': string('the header of the request'),
  'aws:RequestTag/': family('key of the tag', 'value of a tag in the request'),
  'aws:RequestedRegion': string('Region of the request'),
  'aws:ResourceAccount': string('account of the resource, 12 digits'),
  'aws:ResourceOrgID': string("organization of the resource's account"),
  'aws:ResourceOrgPaths': strings("place of the resource's account in its organization"),
  'aws:ResourceTag/': {
    ...family('key of the tag', 'value of a tag of the key'),
    identityPoliciesOnly: true,
  },
  'aws:SecureTransport': bool('whether the request came over TLS'),
  'aws:SourceAccount': string('account of the resource for which a service calls, 12 digits'),
  'aws:SourceArn': arn('resource for which a service calls'),
  'aws:SourceIdentity': string('source identity of the session'),
  'aws:SourceIp': ip('address of the caller'),
  'aws:SourceOrgID': string('organization of the account for which a service calls'),
  'aws:SourceOrgPaths': strings('place in its organization of the account for which a service calls'),
  'aws:SourceVpc': string('network of the endpoint that the request came through'),
  'aws:SourceVpcArn': arn('ARN of the network of the endpoint that the request came through'),
  'aws:SourceVpce': string('endpoint that the request came through'),
  'aws:TagKeys': strings('keys of all tags in the request'),
  'aws:TokenIssueTime': date('when temporary credentials were issued'),
  'aws:UserAgent': string('the header of the request'),
  'aws:ViaAWSService': bool('whether a service calls on behalf of the caller'),
  'aws:VpceAccount': string('account of the endpoint that the request came through'),
  'aws:VpceOrgID': string("organization of the endpoint's account"),
  'aws:VpceOrgPaths': strings("place of the endpoint's account in its organization"),
  'aws:VpcSourceIp': ip('address of the caller in its network'),
  'aws:userid': string('unique id of the caller; of a session, with its name'),
  'aws:username': string('name of the user'),
} as const satisfies Record<string, ConditionKeyRecord>;

const records: Readonly<Record<string, ConditionKeyRecord>> = { ...kmsConditionKeys, ...globalConditionKeys };
const byLowerCase: ReadonlyMap<string, ConditionKeyRecord> = new Map(
  Object.entries(records).map(([name, record]) => [name.toLowerCase(), record]),
);
const families = Object.entries(records).filter(([, { suffix }]) => suffix !== undefined);

/** The record of a condition key, whatever its case; undefined: AWS KMS and the global keys do not have it. */
export function findConditionKey(name: string): ConditionKeyRecord | undefined {
  const lowered = name.toLowerCase();
  const [, ofFamily] = families.find(([prefix]) => lowered.startsWith(prefix.toLowerCase())) ?? [];
  if (ofFamily !== undefined) return lowered.endsWith(':') || lowered.endsWith('/') ? undefined : ofFamily;
  return byLowerCase.get(lowered);
}

/** The names of all condition keys; of families the part that their names share. */
export const conditionKeyNames: readonly string[] = Object.keys(records);
