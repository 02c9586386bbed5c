/** The caller, as the signature proved it. Roles and sessions join this union with their issue of credentials. */
export type Principal =
  | { readonly kind: 'root'; readonly accountId: string; readonly arn: string; readonly principalId: string }
  | {
      readonly kind: 'user';
      readonly accountId: string;
      /** `arn:aws:iam::<account>:user/<path><name>` */
      readonly arn: string;
      readonly principalId: string;
      readonly userName: string;
    }
  /** Keystead itself: jobs. Never comes from a request. */
  | {
      readonly kind: 'service';
      readonly accountId: string;
      readonly arn: 'AWS Internal';
      readonly principalId: 'AWS Internal';
    };
