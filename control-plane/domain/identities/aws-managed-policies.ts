/**
 * The AWS managed policies about keys and identities. They are in every account, under the account id `aws`, and cannot
 * be changed.
 * Source: AWS Managed Policy Reference Guide. The documents allow the same as AWS's; ids, versions and dates are copied
 * for tools that show them, and nothing here depends on them.
 */
export interface AwsManagedPolicy {
  readonly name: string;
  readonly arn: string;
  readonly policyId: string;
  readonly description: string;
  readonly versionId: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly document: string;
}

const policy = (statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statement });

const rows: readonly Omit<AwsManagedPolicy, 'arn'>[] = [
  {
    name: 'AdministratorAccess',
    policyId: 'ANPAIWMBCKSKIEE64ZLYK',
    description: 'Provides full access to AWS services and resources.',
    versionId: 'v1',
    createdAtMs: Date.UTC(2015, 1, 6, 18, 39, 46),
    updatedAtMs: Date.UTC(2015, 1, 6, 18, 39, 46),
    document: policy([{ Effect: 'Allow', Action: '*', Resource: '*' }]),
  },
  {
    name: 'AWSKeyManagementServicePowerUser',
    policyId: 'ANPAJNPP7PPPPMJRV2SA4',
    description: 'Provides access to AWS Key Management Service (KMS).',
    versionId: 'v2',
    createdAtMs: Date.UTC(2015, 1, 6, 18, 40, 40),
    updatedAtMs: Date.UTC(2017, 2, 7, 0, 55, 11),
    document: policy([
      {
        Effect: 'Allow',
        Action: [
          'kms:CreateAlias',
          'kms:CreateKey',
          'kms:DeleteAlias',
          'kms:Describe*',
          'kms:GenerateRandom',
          'kms:Get*',
          'kms:List*',
          'kms:TagResource',
          'kms:UntagResource',
          'iam:ListGroups',
          'iam:ListRoles',
          'iam:ListUsers',
        ],
        Resource: '*',
      },
    ]),
  },
  {
    name: 'IAMFullAccess',
    policyId: 'ANPAI7XKCFMBPM3QQRRVQ',
    description: 'Provides full access to IAM via the AWS Management Console.',
    versionId: 'v2',
    createdAtMs: Date.UTC(2015, 1, 6, 18, 40, 38),
    updatedAtMs: Date.UTC(2019, 5, 21, 19, 40, 0),
    document: policy([
      {
        Effect: 'Allow',
        Action: [
          'iam:*',
          'organizations:DescribeAccount',
          'organizations:DescribeOrganization',
          'organizations:DescribeOrganizationalUnit',
          'organizations:DescribePolicy',
          'organizations:ListChildren',
          'organizations:ListParents',
          'organizations:ListPoliciesForTarget',
          'organizations:ListRoots',
          'organizations:ListPolicies',
          'organizations:ListTargetsForPolicy',
        ],
        Resource: '*',
      },
    ]),
  },
  {
    name: 'IAMReadOnlyAccess',
    policyId: 'ANPAJKSO7NDY4T57MWDSQ',
    description: 'Provides read only access to IAM via the AWS Management Console.',
    versionId: 'v4',
    createdAtMs: Date.UTC(2015, 1, 6, 18, 40, 39),
    updatedAtMs: Date.UTC(2018, 0, 25, 19, 11, 27),
    document: policy([
      {
        Effect: 'Allow',
        Action: [
          'iam:GenerateCredentialReport',
          'iam:GenerateServiceLastAccessedDetails',
          'iam:Get*',
          'iam:List*',
          'iam:SimulateCustomPolicy',
          'iam:SimulatePrincipalPolicy',
        ],
        Resource: '*',
      },
    ]),
  },
];

/** By ARN. */
export const awsManagedPolicies: ReadonlyMap<string, AwsManagedPolicy> = new Map(
  rows.map((row) => {
    const arn = `arn:aws:iam::aws:policy/${row.name}`;
    return [arn, { ...row, arn }];
  }),
);
