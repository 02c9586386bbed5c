/** What a check of a stack finds. */
import type { IConstruct } from 'constructs';
import { Token } from '../cdk.ts';

export interface ResourceFinding {
  readonly at: IConstruct;
  /** The problem, and what to do about it. */
  readonly text: string;
}

/** Text that the program knows as a whole: no reference of the CDK and none of Terraform is in it. */
export function isKnownText(text: unknown): text is string {
  return typeof text === 'string' && !Token.isUnresolved(text) && !text.includes('${');
}
