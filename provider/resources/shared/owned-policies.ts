/** Policies of one user, group or role: inline policies, and attachments of managed ones. */
import { samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { Client } from '../../client/client.ts';
import type { ResourceType } from '../../engine/resource.ts';
import { generatedName } from './generated-name.ts';
import { findEntity, nameAndPrefix, nameToCreate, removeEntity } from './identities.ts';
import { identityResource } from './identity-resource.ts';
import { requireText, textOf } from './values.ts';

/** The three calls for the policies of one kind of owner; `name` is the policy's. */
export interface InlineCalls {
  put(client: Client, owner: string, name: string, document: string): Promise<unknown>;
  get(client: Client, owner: string, name: string): Promise<string>;
  remove(client: Client, owner: string, name: string): Promise<unknown>;
}

export type OwnerKind = 'user' | 'group' | 'role';

/** Id: the owner's name, a colon, and the policy's name. */
export function inlinePolicyResource(
  record: TerraformRecord,
  title: string,
  owner: OwnerKind,
  calls: InlineCalls,
): ResourceType<Client> {
  return identityResource({
    record,
    title,

    async create(client, planned) {
      const [of, name] = [requireText(planned, owner), nameToCreate(planned)];
      await calls.put(client, of, name, requireText(planned, 'policy'));
      return { id: `${of}:${name}`, ...nameAndPrefix(name) };
    },

    async read(client, state) {
      const [of, name] = splitOnce(requireText(state, 'id'), ':');
      const policy = await findEntity(() => calls.get(client, of, name));
      return policy === undefined ? null : { ...state, ...nameAndPrefix(name), policy, [owner]: of };
    },

    changeSteps: (client, prior, planned) => [
      [
        'policy',
        !samePolicy(requireText(planned, 'policy'), textOf(prior, 'policy') ?? ''),
        () => {
          const [of, name] = splitOnce(requireText(prior, 'id'), ':');
          return calls.put(client, of, name, requireText(planned, 'policy'));
        },
      ],
    ],

    remove(client, state) {
      const [of, name] = splitOnce(requireText(state, 'id'), ':');
      return removeEntity(() => calls.remove(client, of, name));
    },

    importState: (id) => (/^[^:]+:[^:]+$/.test(id) ? { id } : undefined),
  });
}

export interface AttachmentCalls {
  attach(client: Client, owner: string, policyArn: string): Promise<unknown>;
  detach(client: Client, owner: string, policyArn: string): Promise<unknown>;
  /** ARNs of the owner's managed policies. */
  list(client: Client, owner: string): Promise<readonly string[]>;
}

/** The id tells attachments apart and says nothing else; the arguments name what is attached. */
export function attachmentResource(
  record: TerraformRecord,
  title: string,
  owner: OwnerKind,
  calls: AttachmentCalls,
): ResourceType<Client> {
  return identityResource({
    record,
    title,

    async create(client, planned) {
      const of = requireText(planned, owner);
      await calls.attach(client, of, requireText(planned, 'policy_arn'));
      return { id: generatedName(`${of}-`) };
    },

    async read(client, state) {
      const arns = await findEntity(() => calls.list(client, requireText(state, owner)));
      return arns?.includes(requireText(state, 'policy_arn')) ? state : null;
    },

    remove: (client, state) =>
      removeEntity(() => calls.detach(client, requireText(state, owner), requireText(state, 'policy_arn'))),

    importState(id) {
      const [of, policy_arn] = splitOnce(id, '/');
      if (of === '' || !policy_arn.startsWith('arn:')) return undefined;
      return { id: `${of}-${policy_arn}`, [owner]: of, policy_arn };
    },
  });
}

/** The text before and after the first separator. */
export function splitOnce(text: string, separator: ':' | '/'): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
