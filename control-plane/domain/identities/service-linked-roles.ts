/**
 * Names of service-linked roles: AWSServiceRoleFor, then the service's own word and, with a suffix, `_` and the suffix.
 * Sources: IAM User Guide, "Create a service-linked role"; the guides of the services that are listed here.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';

const PATH = '/aws-service-role/';
const PREFIX = 'AWSServiceRoleFor';
const NAME_CHARS = 64;

/** The words of services whose name does not follow from their principal. */
const words: Readonly<Record<string, string>> = {
  'access-analyzer': 'AccessAnalyzer',
  autoscaling: 'AutoScaling',
  'cks.kms': 'KeyManagementServiceCustomKeyStores',
  cloudtrail: 'CloudTrail',
  'dynamodb.application-autoscaling': 'ApplicationAutoScaling_DynamoDBTable',
  'ec2.application-autoscaling': 'ApplicationAutoScaling_EC2SpotFleetRequest',
  ecs: 'ECS',
  'ecs.application-autoscaling': 'ApplicationAutoScaling_ECSService',
  eks: 'AmazonEKS',
  'eks-fargate': 'AmazonEKSForFargate',
  'eks-nodegroup': 'AmazonEKSNodegroup',
  elasticache: 'ElastiCache',
  elasticbeanstalk: 'ElasticBeanstalk',
  elasticloadbalancing: 'ElasticLoadBalancing',
  es: 'AmazonElasticsearchService',
  guardduty: 'AmazonGuardDuty',
  inspector2: 'AmazonInspector2',
  macie: 'AmazonMacie',
  'mrk.kms': 'KeyManagementServiceMultiRegionKeys',
  opensearchservice: 'AmazonOpenSearchService',
  ops: 'AmazonDevOpsGuru',
  rds: 'RDS',
  'rds.application-autoscaling': 'ApplicationAutoScaling_RDSCluster',
  securityhub: 'SecurityHub',
  spot: 'EC2Spot',
  spotfleet: 'EC2SpotFleet',
  ssm: 'AmazonSSM',
  sso: 'SSO',
  trustedadvisor: 'TrustedAdvisor',
};

export interface ServiceLinkedRole {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
}

/**
 * @param service `autoscaling.amazonaws.com`
 * @throws KmsError InvalidInputException for a text that cannot be a service, or a name that gets too long
 */
export function serviceLinkedRole(service: string, suffix: string | undefined): ServiceLinkedRole {
  const label = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.amazonaws\.com(?:\.cn)?$/.exec(service)?.[1];
  if (label === undefined) throw new KmsError('InvalidInputException', `Service ${service} is not valid.`);
  const word = Object.hasOwn(words, label) ? words[label] : derivedWord(label);
  const name = `${PREFIX}${word}${suffix === undefined ? '' : `_${suffix}`}`;
  if (name.length > NAME_CHARS) {
    throw new KmsError('InvalidInputException', `The role name ${name} has more than ${NAME_CHARS} characters.`);
  }
  return { name, path: `${PATH}${service}/` };
}

/** `model-registry.example` becomes ModelRegistryExample. */
const derivedWord = (label: string) =>
  label
    .split(/[.-]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

/** Whether a role at this path belongs to a service. */
export const isServiceLinkedPath = (path: string): boolean => path.startsWith(PATH);

/** Whether an ARN names a service-linked role, of which each account has its own. */
export const isServiceLinkedArn = (arn: string): boolean => arn.includes(`:role${PATH}`);

/** The service and the role of a deletion task, whose id is `task/aws-service-role/<service>/<role>/<proof>`. */
export function deletionTaskOf(
  taskId: string,
): { readonly role: ServiceLinkedRole; readonly proof: string } | undefined {
  const [, service, name, proof] = /^task\/aws-service-role\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(taskId) ?? [];
  if (service === undefined || name === undefined || proof === undefined) return undefined;
  return { role: { name, path: `${PATH}${service}/` }, proof };
}

export const deletionTaskId = ({ path, name }: ServiceLinkedRole, proof: string): string =>
  `task${path}${name}/${proof}`;
