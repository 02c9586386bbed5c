/**
 * The dialects of the policy language: what a key policy, an identity policy and a trust policy require and refuse.
 * Sources: KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, "AWS JSON policy elements: Principal",
 * "AWS JSON policy elements: NotPrincipal" (not in a trust policy), "IAM JSON policy elements: Resource".
 */

/** How the three kinds of documents differ. */
export interface Dialect {
  /** `never inverted`: required, as Principal alone. */
  readonly principals: 'required' | 'never inverted' | 'prohibited';
  /**
   * `optional`: a statement without it is accepted and has no effect; `prohibited`: the resource is the holder itself.
   */
  readonly actions: 'required' | 'optional';
  readonly resources: 'required' | 'optional' | 'prohibited';
  readonly isSid: (text: string) => boolean;
  /** Whether two statements can have the same Sid. */
  readonly repeatsSids: boolean;
  readonly isAction: (text: string) => boolean;
  /** The patterns that one element of Action stands for, lower case. */
  readonly actionsMeant: (text: string) => readonly string[];
  readonly actionMessage: string;
  /** @returns the pattern of an element of Resource; undefined: it cannot be one. */
  readonly readResource: (text: string) => string | undefined;
}

/** `*`, or a vendor and a name that can contain wildcards. */
const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
const STS_ACTION = /^sts:[A-Za-z0-9*?]+$/i;
const IAM_SID = /^[0-9A-Za-z]*$/;
const vendorMessage = 'Actions/Conditions must be prefaced by a vendor, e.g., kms, iam, ec2.';

const asWritten = (text: string): readonly string[] => [text.toLowerCase()];

/**
 * `kms:*` is everything that can be done with a key, and the operations that AWS KMS does not have are of another
 * vendor. In an identity policy it is everything of AWS KMS alone, which is also about other things than keys.
 */
const withOwnActions = (text: string): readonly string[] => {
  const written = text.toLowerCase();
  return written === 'kms:*' ? [written, 'keystead:*'] : [written];
};

export const keyDialect: Dialect = {
  principals: 'required',
  actions: 'optional',
  resources: 'optional',
  isSid: () => true,
  repeatsSids: true,
  isAction: (text) => ACTION.test(text),
  actionsMeant: withOwnActions,
  actionMessage: vendorMessage,
  readResource: (text) => text,
};

export const identityDialect: Dialect = {
  principals: 'prohibited',
  actions: 'required',
  resources: 'required',
  isSid: (text) => IAM_SID.test(text),
  repeatsSids: false,
  isAction: (text) => ACTION.test(text),
  actionsMeant: asWritten,
  actionMessage: vendorMessage,
  readResource: completeArn,
};

export const trustDialect: Dialect = {
  principals: 'never inverted',
  actions: 'required',
  resources: 'prohibited',
  isSid: (text) => IAM_SID.test(text),
  repeatsSids: false,
  isAction: (text) => STS_ACTION.test(text),
  actionsMeant: asWritten,
  actionMessage: 'AssumeRole policy may only specify STS AssumeRole actions.',
  readResource: () => undefined,
};

const VARIABLE = /\$\{[^{}]*\}/g;
const ARN_PARTS = 6;

/**
 * `*`, or an ARN; one of fewer than six parts is completed by `*` for each missing part. undefined: neither of these.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource" (incomplete ARNs).
 */
function completeArn(text: string): string | undefined {
  if (text === '*') return text;
  // A variable counts as the text that it stands for, not by the colons of its name.
  const plain = text.replace(VARIABLE, 'x');
  const { length, 0: prefix } = plain.split(':');
  if (prefix !== 'arn' || length < 2) return undefined;
  if (length >= ARN_PARTS) return text;
  // Variables are for the resource part, which an incomplete ARN does not have.
  return plain !== text && !text.endsWith('*') ? undefined : text + ':*'.repeat(ARN_PARTS - length);
}
