/** Who would gain or lose which action on which key by a plan, as the control plane decides it. */
import { type AccessDifference, comparedAccess } from '../../drift/findings/access.ts';
import type { Connection } from '../../shared/connection.ts';
import { actionOf, configuredExpressions, type PlanJson, type ResourceChange, type Values } from './plan-json.ts';

export interface PlannedAccess {
  readonly address: string;
  /** What changes who can do what. */
  readonly by: string;
  readonly changes: AccessDifference['changes'];
  /** Said instead of, or beside, what was decided. */
  readonly notes: readonly string[];
}

/** Asks only for keys whose policies the plan changes, so a plan without any needs no control plane. */
export async function plannedAccess(
  plan: PlanJson,
  isOwn: (change: ResourceChange) => boolean,
  connect: () => Promise<Connection>,
): Promise<readonly PlannedAccess[]> {
  const changes = (plan.resource_changes ?? []).filter((change) => isOwn(change) && actionOf(change) !== undefined);
  const found = await Promise.all(changes.map((change) => accessOf(plan, change, connect)));
  return found.flat();
}

const keyTypes = ['aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key', 'aws_kms_replica_external_key'];

async function accessOf(
  plan: PlanJson,
  resource: ResourceChange,
  connect: () => Promise<Connection>,
): Promise<readonly PlannedAccess[]> {
  const { type, address } = resource;
  if (keyTypes.includes(type)) return accessToKey(plan, resource, connect);
  if (type === 'aws_kms_key_policy') return byPolicyResource(resource, connect);
  if (type === 'aws_kms_grant') return byGrant(resource);
  if (!type.startsWith('aws_iam_')) return [];
  return [
    {
      address,
      by: type,
      changes: [],
      notes: ['An identity or its policies change: what that gives or takes is not computed.'],
    },
  ];
}

type Sides = { readonly before: Values; readonly after: Values };
const sidesOf = ({ change }: ResourceChange): Sides => ({
  before: (change.before ?? {}) as Values,
  after: (change.after ?? {}) as Values,
});

async function accessToKey(
  plan: PlanJson,
  resource: ResourceChange,
  connect: () => Promise<Connection>,
): Promise<readonly PlannedAccess[]> {
  const { address } = resource;
  const action = actionOf(resource);
  const said = (by: string, notes: readonly string[], changes: AccessDifference['changes'] = []): PlannedAccess => ({
    address,
    by,
    changes,
    notes,
  });
  const gone = action === 'delete' || action === 'replace';
  const made = action === 'create' || action === 'replace';
  return [
    ...(gone
      ? [said('deletion of the key', ['Everybody loses every action on it; what it encrypted is lost with it.'])]
      : []),
    ...(action === 'forget'
      ? [said('removal from the state', ['Nobody gains or loses anything: the key stays as it is.'])]
      : []),
    ...(made ? [await ofNewKey(plan, resource, connect, said)] : []),
    ...(action === 'update' ? await ofChangedKey(resource, connect, said) : []),
  ];
}

type Say = (by: string, notes: readonly string[], changes?: AccessDifference['changes']) => PlannedAccess;

async function ofNewKey(
  plan: PlanJson,
  resource: ResourceChange,
  connect: () => Promise<Connection>,
  said: Say,
): Promise<PlannedAccess> {
  const { after } = sidesOf(resource);
  const by = 'a new key';
  if (isHidden(resource)) return said(by, ['Its policy is sensitive, and is not evaluated.']);
  if (typeof after.policy === 'string') return said(by, ...(await decided(connect, undefined, after)));
  if (configuredExpressions(plan, resource.address)?.policy !== undefined) {
    return said(by, ['Its policy is known only after apply, and is not evaluated.']);
  }
  return said(by, ['The default policy: users and roles of the account can do what their identity policies allow.']);
}

async function ofChangedKey(
  resource: ResourceChange,
  connect: () => Promise<Connection>,
  said: Say,
): Promise<readonly PlannedAccess[]> {
  const { before, after } = sidesOf(resource);
  const enabled = resource.type === 'aws_kms_key' ? 'is_enabled' : 'enabled';
  const switched =
    before[enabled] === true && after[enabled] === false
      ? [said('disabling the key', ['Nobody can use it until it is enabled again.'])]
      : before[enabled] === false && after[enabled] === true
        ? [said('enabling the key', ['Everybody whom its policy and grants allow can use it again.'])]
        : [];
  return [...switched, ...(await byPolicy(resource, connect, before.arn ?? before.key_id, said))];
}

async function byPolicyResource(
  resource: ResourceChange,
  connect: () => Promise<Connection>,
): Promise<readonly PlannedAccess[]> {
  const { address } = resource;
  const { before, after } = sidesOf(resource);
  const said: Say = (by, notes, changes = []) => ({ address, by, changes, notes });
  if (actionOf(resource) === 'delete') {
    return [
      said('deletion of the policy resource', [
        'The key gets the default policy: what that gives or takes is not computed.',
      ]),
    ];
  }
  const keyId = after.key_id ?? before.key_id;
  if (keyId === undefined || keyId === null) {
    if (isHidden(resource) || typeof after.policy !== 'string') return byPolicy(resource, connect, undefined, said);
    return [said('the policy of a new key', ...(await decided(connect, undefined, after)))];
  }
  return byPolicy(resource, connect, keyId, said);
}

async function byPolicy(
  resource: ResourceChange,
  connect: () => Promise<Connection>,
  keyId: unknown,
  said: Say,
): Promise<readonly PlannedAccess[]> {
  const { before, after } = sidesOf(resource);
  const by = 'its policy';
  const unknown = (resource.change.after_unknown as Values | undefined)?.policy === true;
  if (unknown) return [said(by, ['It is known only after apply, and is not evaluated.'])];
  if (typeof after.policy !== 'string' || after.policy === before.policy) return [];
  if (isHidden(resource)) return [said(by, ['It is sensitive, and is not evaluated.'])];
  return [said(by, ...(await decided(connect, String(keyId), after)))];
}

/** @param keyId undefined: of a key that does not exist yet */
async function decided(
  connect: () => Promise<Connection>,
  keyId: string | undefined,
  { policy, region }: Values,
): Promise<readonly [notes: readonly string[], changes: AccessDifference['changes']]> {
  const place = typeof region === 'string' ? region : undefined;
  const { changes, isComplete, unknown } = await comparedAccess(await connect(), keyId, String(policy), place);
  const swapped = keyId === undefined ? changes : changes.map(reversed);
  const notes = isComplete
    ? changes.length === 0
      ? ['Nobody gains or loses an action.']
      : []
    : [`Not decided: ${unknown}`];
  return [notes, swapped];
}

/** The control plane tells what the present policy gives beside another one; the plan replaces the present one. */
const reversed = ({ principal, gained, lost, mayGain, mayLose }: AccessDifference['changes'][number]) => ({
  principal,
  gained: lost,
  lost: gained,
  mayGain: mayLose,
  mayLose: mayGain,
});

function isHidden({ change }: ResourceChange): boolean {
  return [change.before_sensitive, change.after_sensitive].some(
    (marks) => marks === true || (marks as Values | undefined)?.policy === true,
  );
}

/** A grant allows what it lists, unless a policy denies it. */
function byGrant(resource: ResourceChange): readonly PlannedAccess[] {
  const { address } = resource;
  const { before, after } = sidesOf(resource);
  const operations = ({ operations: listed }: Values) =>
    (Array.isArray(listed) ? listed : []).map((name) => `kms:${name}`).sort();
  const whoOf = ({ grantee_principal: user, grantee_service_principal: service }: Values) =>
    String(user || service || 'a grantee known after apply');
  const change = (principal: string, gained: readonly string[], lost: readonly string[]) => ({
    principal,
    gained,
    lost,
    mayGain: [],
    mayLose: [],
  });
  const action = actionOf(resource);
  const gone = action === 'delete' || action === 'replace' ? [change(whoOf(before), [], operations(before))] : [];
  const made = action === 'create' || action === 'replace' ? [change(whoOf(after), operations(after), [])] : [];
  if (gone.length + made.length === 0) return [];
  const limited = [before, after].some(({ constraints }) => Array.isArray(constraints) && constraints.length > 0);
  const notes = limited ? ['Only for the encryption contexts or sources that the grant names.'] : [];
  return [{ address, by: 'a grant', changes: [...gone, ...made], notes }];
}
