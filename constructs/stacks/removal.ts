/**
 * Deletion protection of a declared key. It is a property of the key itself, which a plan without the declaration meets
 * too; the construct's path stays in Terraform's state, so that the refusal can name it.
 */
import type { IConstruct } from 'constructs';

export interface ProtectionArguments {
  readonly deletionProtection: boolean;
  readonly constructPath: string;
}

/** Arguments of the resource that `key` declares. */
export function protectionArguments(key: IConstruct, removalProtection = true): ProtectionArguments {
  return { deletionProtection: removalProtection, constructPath: key.node.path };
}
