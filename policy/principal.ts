/** The caller, as the signature proved it. */
export type Principal =
  | { readonly kind: 'root'; readonly accountId: string; readonly arn: string; readonly principalId: string }
  | {
      readonly kind: 'user';
      readonly accountId: string;
      /** `arn:aws:iam::<account>:user/<path><name>` */
      readonly arn: string;
      /** `AIDA…` */
      readonly principalId: string;
      readonly userName: string;
    }
  | {
      readonly kind: 'assumed-role';
      readonly accountId: string;
      /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
      readonly arn: string;
      /** `AROA…:<session>` */
      readonly principalId: string;
      /** `arn:aws:iam::<account>:role/<path><role>`: the name in policies and grants. */
      readonly roleArn: string;
      /** `AROA…` */
      readonly roleId: string;
      readonly roleName: string;
      readonly sessionName: string;
    }
  /** The bearer of an identity provider's token, who opens a session and does not have one yet. */
  | {
      readonly kind: 'federated';
      /** Account of the role to assume. */
      readonly accountId: string;
      /** ARN of the identity provider. */
      readonly arn: string;
      /** `<provider>:<audience>:<subject>` */
      readonly principalId: string;
      /** What a trust policy names: the ARN of the identity provider. */
      readonly provider: string;
      readonly subject: string;
    }
  /** A caller that is configured as a service of the account: `dynamodb.amazonaws.com`. */
  | {
      readonly kind: 'aws-service';
      readonly accountId: string;
      /** The service principal's name, in the place of an ARN. */
      readonly arn: string;
      /** Its name in the Region of the request, `dynamodb.us-east-1.amazonaws.com`, when that is another name. */
      readonly regionalName?: string;
      readonly principalId: string;
    }
  /** Keystead itself, for jobs. A request never has it. */
  | {
      readonly kind: 'service';
      readonly accountId: string;
      readonly arn: 'AWS Internal';
      readonly principalId: 'AWS Internal';
    };

export type ServicePrincipal = Extract<Principal, { readonly kind: 'aws-service' }>;

/** The names by which policies and grants can name a service. Source: IAM User Guide, aws:PrincipalServiceNamesList. */
export const serviceNames = ({ arn, regionalName }: ServicePrincipal): readonly string[] =>
  regionalName === undefined ? [arn] : [arn, regionalName];
