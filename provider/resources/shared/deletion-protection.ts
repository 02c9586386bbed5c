/**
 * `deletion_protection`: keeps the key's protection as configured, and refuses plans that destroy or replace a protected
 * key. The control plane refuses its deletion too, for what no plan shows: `-replace`, a tainted resource, and a
 * protection set between plan and apply.
 */
import type { Client } from '../../client/client.ts';
import type { Diagnostic, PathStep } from '../../engine/resource.ts';
import type { ObjectValue, Value } from '../../engine/value.ts';
import { type Step, unlessRefused } from './failures.ts';
import { findKey, type KeyConfiguration, type KeyPlace } from './keys.ts';
import { regionOf } from './region.ts';
import { requireText, textOf } from './values.ts';

const argument = 'deletion_protection';

const isProtectedIn = (object: ObjectValue | null): boolean => object?.[argument] === true;

/**
 * Comes last: a key whose creation failed half-way is replaced by the next apply, and so must not be protected yet.
 * @param prior null: the key is new
 */
export function protectionStep(
  client: Client,
  { keyId, region }: KeyPlace,
  prior: ObjectValue | null,
  planned: ObjectValue,
): Step {
  const protects = isProtectedIn(planned);
  return {
    doing: protects ? `protecting KMS Key (${keyId})` : `lifting the protection of KMS Key (${keyId})`,
    path: [argument],
    when: protects !== isProtectedIn(prior),
    run: () => client.call(protects ? 'ProtectKey' : 'UnprotectKey', { KeyId: keyId }, region),
  };
}

/** An argument that is absent stays so while the key is not protected: the first plan of another provider's state is empty. */
export function readProtection({ DeletionProtection }: KeyConfiguration, state: ObjectValue): Value {
  return DeletionProtection || ((state[argument] ?? null) === null ? null : false);
}

export interface Deletion {
  /** `KMS Replica Key` */
  readonly title: string;
  /** undefined: the provider is not configured yet, and only the state is known. */
  readonly client: Client | undefined;
  readonly prior: ObjectValue;
  /** The arguments whose change replaces the key; undefined: it is destroyed. */
  readonly replacedBy?: readonly (readonly PathStep[])[];
}

/** Errors for a plan that destroys or replaces a protected key. What the configuration says now does not matter. */
export async function refuseDeletion(deletion: Deletion): Promise<readonly Diagnostic[]> {
  const { client, prior } = deletion;
  if (isProtectedIn(prior)) return [refusal(deletion)];
  if (client === undefined) return [];
  const place = { keyId: requireText(prior, 'id'), region: regionOf(client, prior) };
  const key = await unlessRefused(() => findKey(client, place, 'shared'));
  return key?.DeletionProtection ? [refusal(deletion)] : [];
}

function refusal({ title, prior, replacedBy }: Deletion): Diagnostic {
  const id = requireText(prior, 'id');
  const [path] = replacedBy ?? [];
  const what = path === undefined ? 'destroys it' : `replaces it, because ${String(path[0])} changes`;
  const construct = textOf(prior, 'construct_path');
  const [declared, setting] =
    construct === undefined ? ['', argument] : [`, declared by the construct ${construct},`, 'removalProtection'];
  const { keepDestroyed, keepReplaced, giveUp } = construct === undefined ? ofResource : ofConstruct(construct);
  return {
    severity: 'error',
    summary: `${title} (${id}) is protected from deletion`,
    detail:
      `${textOf(prior, 'arn') ?? id}${declared} is protected (${setting}), and this plan ${what}. There are two ways ` +
      `on:\n${path === undefined ? keepDestroyed : keepReplaced}\n${giveUp}`,
    ...(path !== undefined && { path }),
  };
}

/** What to do where the control plane refuses at apply; undefined: a resource block declares the key, not a construct. */
export function constructRemedy(prior: ObjectValue): string | undefined {
  const construct = textOf(prior, 'construct_path');
  if (construct === undefined) return undefined;
  return (
    `The construct ${construct} declares the key. To keep the key, undo what destroys or replaces it. To give it up, ` +
    'declare the construct with removalProtection: false and apply that alone; then apply this again.'
  );
}

interface WaysOn {
  readonly keepDestroyed: string;
  readonly keepReplaced: string;
  readonly giveUp: string;
}

const loss = 'Everything that is encrypted under the key is lost with it.';

const ofResource: WaysOn = {
  keepDestroyed:
    '- To keep the key, keep its resource. If only its address has changed, name the old one in a moved block. If ' +
    'Terraform is to forget the key without destroying it, use a removed block with destroy = false.',
  keepReplaced: '- To keep the key, undo the change of that argument.',
  giveUp:
    '- To give the key up, set deletion_protection = false in its resource and apply that alone; then plan this again. ' +
    loss,
};

function ofConstruct(construct: string): WaysOn {
  return {
    keepDestroyed:
      '- To keep the key, keep its construct. If only its id or its place in the stack has changed, call ' +
      `renamedFrom('${construct}') on it. If another stack declares it now, import the key there, and let Terraform forget ` +
      'it here with a removed block with destroy = false.',
    keepReplaced: '- To keep the key, undo the change of that argument in the construct.',
    giveUp:
      '- To give the key up, declare the construct with removalProtection: false and apply that alone; then plan this ' +
      `again. ${loss}`,
  };
}
