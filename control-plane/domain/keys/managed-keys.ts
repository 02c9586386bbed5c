/**
 * AWS managed keys: the keys that AWS services make for themselves in an account, one for each service and Region,
 * under the reserved aliases `alias/aws/…`. Their aliases, descriptions and policies.
 * Sources: AWS KMS Developer Guide, "AWS managed keys", "AWS services that use AWS KMS", kms:ViaService; EBS User
 * Guide, "Amazon EBS encryption", for the policy's text.
 */
import { rootArn } from '@keystead/provider-schema/arn.ts';

/** Aliases of AWS managed keys begin like this, and no others. */
export const RESERVED_ALIAS_PREFIX = 'alias/aws/';

interface ManagedService {
  /** As the policy's text names the service. */
  readonly title: string;
  /** The service's name in kms:ViaService, when it differs. */
  readonly via?: string;
  /** What the key protects, as its description says. */
  readonly protects: string;
}

const services = {
  acm: { title: 'ACM', protects: 'ACM private keys' },
  backup: { title: 'Backup', protects: 'Backup vaults' },
  cloud9: { title: 'Cloud9', protects: 'Cloud9 environments' },
  codeartifact: { title: 'CodeArtifact', protects: 'CodeArtifact domains' },
  codebuild: { title: 'CodeBuild', protects: 'CodeBuild artifacts' },
  codecommit: { title: 'CodeCommit', protects: 'CodeCommit repositories' },
  connect: { title: 'Connect', protects: 'Connect data' },
  dms: { title: 'DMS', protects: 'DMS replication storage' },
  dynamodb: { title: 'DynamoDB', protects: 'DynamoDB tables' },
  ebs: { title: 'EBS', via: 'ec2', protects: 'EBS volumes' },
  elasticfilesystem: { title: 'EFS', protects: 'EFS filesystems' },
  es: { title: 'Elasticsearch', protects: 'Elasticsearch domains' },
  fsx: { title: 'FSx', protects: 'FSx resources' },
  glue: { title: 'Glue', protects: 'Glue Data Catalog' },
  kinesis: { title: 'Kinesis', protects: 'Kinesis streams' },
  kinesisvideo: { title: 'Kinesis Video Streams', protects: 'Kinesis video streams' },
  lambda: { title: 'Lambda', protects: 'Lambda functions' },
  lightsail: { title: 'Lightsail', protects: 'Lightsail resources' },
  mq: { title: 'MQ', protects: 'MQ brokers' },
  rds: { title: 'RDS', protects: 'RDS database volumes' },
  redshift: { title: 'Redshift', protects: 'Redshift clusters' },
  s3: { title: 'S3', protects: 'S3 objects' },
  secretsmanager: { title: 'Secrets Manager', protects: 'Secrets Manager secrets' },
  sns: { title: 'SNS', protects: 'SNS data' },
  sqs: { title: 'SQS', protects: 'SQS messages' },
  ssm: { title: 'SSM', protects: 'SSM parameters' },
  workmail: { title: 'WorkMail', protects: 'WorkMail messages' },
  workspaces: { title: 'WorkSpaces', protects: 'WorkSpaces volumes' },
  xray: { title: 'X-Ray', protects: 'X-Ray traces' },
} as const satisfies Record<string, ManagedService>;

export type ManagedServiceName = keyof typeof services;

/** In the order of ListAliases. */
export const managedAliases: readonly string[] = Object.keys(services)
  .map((name) => `${RESERVED_ALIAS_PREFIX}${name}`)
  .sort();

/** The service whose key the alias names; undefined for every other alias. */
export function managedServiceOf(aliasName: string): ManagedServiceName | undefined {
  const name = aliasName.startsWith(RESERVED_ALIAS_PREFIX) ? aliasName.slice(RESERVED_ALIAS_PREFIX.length) : '';
  return isManagedService(name) ? name : undefined;
}

function isManagedService(name: string): name is ManagedServiceName {
  return Object.hasOwn(services, name);
}

export function managedKeyDescription(service: ManagedServiceName): string {
  return `Default key that protects my ${services[service].protects} when no other key is defined`;
}

/** Always enabled, yearly. */
export const managedKeyRotationInDays = 365;

/** Allows use only through the service and from the account; directly, only reading metadata and revoking grants. */
export function managedKeyPolicy(service: ManagedServiceName, accountId: string, region: string): string {
  const { title, via = service }: ManagedService = services[service];
  return `{
  "Version" : "2012-10-17",
  "Id" : "auto-${service}-2",
  "Statement" : [ {
    "Sid" : "Allow access through ${title} for all principals in the account that are authorized to use ${title}",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "${accountId}",
        "kms:ViaService" : "${via}.${region}.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "${rootArn(accountId, region)}"
    },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  } ]
}`;
}
