/** The types that the demo's parts share: its control plane with users and clients, and a stack. */
import type { KMSClient } from '@aws-sdk/client-kms';

export interface User {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Demo {
  readonly root: string;
  /** Everything the demo writes is in here. */
  readonly directory: string;
  readonly endpoint: string;
  readonly accountId: string;
  readonly terraform: string;
  /** Environment of a program that acts as root, or as `user`. */
  env(user?: User): Record<string, string>;
  kms(region: string, user?: User): KMSClient;
  hasAwsCli(): boolean;
  /** @throws Error when the command fails */
  aws(region: string, args: readonly string[]): Readonly<Record<string, unknown>>;
  keystead(...args: string[]): CommandResult;
  createUser(name: string): Promise<User>;
  drift(...stacks: Stack[]): { readonly code: number; readonly text: string };
  /** Fails unless the call is refused with this code; shows the refusal. */
  expectRefusal(code: string, call: () => Promise<unknown>): Promise<void>;
  leaveRunning(): void;
  /** @returns whether it was running */
  stop(): Promise<boolean>;
}

export interface Stack {
  readonly name: string;
  /** Where the synthesized configuration and the state are. */
  readonly directory: string;
  synthesize(): void;
  initialize(): void;
  plan(): { readonly changes: boolean; readonly summary: string; readonly text: string };
  /** @returns Terraform's closing line */
  apply(): string;
  /** Whether `plan -refresh-only` finds changes made outside of Terraform. */
  refreshFindsChanges(): boolean;
  destroy(): string;
  output(name: string): string;
}
