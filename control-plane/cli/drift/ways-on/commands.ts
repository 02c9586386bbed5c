/** Commands that set back what Terraform cannot see or would make worse. They are printed and never run. Pure. */
import type { Finding } from '../findings/finding.ts';

export interface Command {
  /** What it does, and what is lost by it. */
  readonly effect: string;
  /** For a shell. */
  readonly line: string;
}

/** How the `aws` commands reach the control plane. */
export interface Reach {
  /** undefined: several are compared, and the person must choose. */
  readonly endpoint?: string;
  readonly profile?: string;
}

/**
 * What must happen before a plan: without it Terraform would make a new key in place of one that can still be kept, or
 * replace a replica whose primary key only moved.
 */
export function commandsBefore(finding: Finding, reach: Reach): readonly Command[] {
  const { what, attribute, resourceArn, region, actual, declared, keyArn } = finding;
  if (what === 'missing' && attribute === 'key' && actual !== 'gone') {
    const line = aws('cancel-key-deletion', { region, 'key-id': resourceArn }, reach);
    return [{ effect: 'keeps the key; it is disabled then, and the plan enables it', line }];
  }
  const moved =
    attribute === 'primary_region' && what === 'changed'
      ? { arn: resourceArn, from: String(actual), to: String(declared) }
      : attribute === 'primary_key_arn' && what === 'changed'
        ? { arn: String(keyArn ?? declared), from: regionOf(String(actual)), to: regionOf(String(declared)) }
        : undefined;
  if (moved === undefined) return [];
  const options = { region: moved.from, 'key-id': keyIdIn(moved.arn), 'primary-region': moved.to };
  return [
    {
      effect: `moves the primary key from ${moved.from} back to ${moved.to}`,
      line: aws('update-primary-region', options, reach),
    },
  ];
}

/** For objects in no state. What destroys data comes after what only stops its use. */
export function commandsFor(finding: Finding, reach: Reach): readonly Command[] {
  const { what, attribute, resourceArn, region, grantId } = finding;
  if (what !== 'unknown to Terraform') return [];
  if (isIdentity(resourceArn)) return identityCommands(finding, reach);
  if (attribute === 'alias') {
    const options = { region, 'alias-name': resourceArn.split(':').slice(5).join(':') };
    return [{ effect: 'requests by this name fail from then on', line: aws('delete-alias', options, reach) }];
  }
  if (attribute === 'grant') {
    const options = { region, 'key-id': resourceArn, 'grant-id': grantId ?? '' };
    return [{ effect: 'its grantee cannot use the key by it any more', line: aws('revoke-grant', options, reach) }];
  }
  if (attribute !== 'replica' && attribute !== 'key') return [];
  const disable = aws('disable-key', { region, 'key-id': resourceArn }, reach);
  const remove = aws('schedule-key-deletion', { region, 'key-id': resourceArn, 'pending-window-in-days': '30' }, reach);
  const lost = attribute === 'key' ? 'what it encrypted cannot be read any more' : 'the other Regions keep theirs';
  return [
    { effect: 'stops every use, and can be taken back: it stays a finding', line: disable },
    { effect: `DELETES the key after 30 days, until when it can be cancelled: ${lost}`, line: remove },
  ];
}

/** A value that the code leaves open, set back to what the state or the baseline has: no plan does that. */
export function commandsForOpen(finding: Finding, reach: Reach): readonly Command[] {
  const { attribute, resourceArn, region, what } = finding;
  const wanted = what === 'changed since the baseline' ? finding.atBaseline : finding.declared;
  if (wanted === '(sensitive value)' || isIdentity(resourceArn)) return [];
  const key = { region, 'key-id': resourceArn };
  const line = attribute === 'alias' ? aliasLine(finding, reach) : setLine(attribute, wanted, key, reach);
  return line === undefined ? [] : [{ effect: 'the code leaves this open, so no plan sets it back', line }];
}

/** One that was made since is removed, one that was moved or deleted points to its key again. */
function aliasLine({ resourceArn, region, atBaseline, actual }: Finding, reach: Reach): string | undefined {
  const alias = { region, 'alias-name': resourceArn.split(':').slice(5).join(':') };
  if (typeof atBaseline !== 'string') return actual === undefined ? undefined : aws('delete-alias', alias, reach);
  const operation = actual === undefined ? 'create-alias' : 'update-alias';
  return aws(operation, { ...alias, 'target-key-id': atBaseline }, reach);
}

type KeyOptions = Readonly<Record<string, string>>;

function setLine(attribute: string, wanted: unknown, key: KeyOptions, reach: Reach): string | undefined {
  const tag = /^tags_all\[(.*)\]$/s.exec(attribute)?.[1];
  if (tag !== undefined) {
    const TagKey = JSON.parse(tag) as string;
    if (wanted === undefined) return aws('untag-resource', { ...key, 'tag-keys': JSON.stringify([TagKey]) }, reach);
    return aws('tag-resource', { ...key, tags: JSON.stringify([{ TagKey, TagValue: String(wanted) }]) }, reach);
  }
  if (typeof wanted === 'boolean') {
    const operation = switches[attribute]?.[wanted ? 0 : 1];
    return operation === undefined ? undefined : aws(operation, key, reach);
  }
  if (typeof wanted !== 'string' && typeof wanted !== 'number') return undefined;
  const [operation, option] = setters[attribute] ?? [];
  if (operation === undefined || option === undefined) return undefined;
  return aws(operation, { ...key, [option]: attribute === 'policy' ? compact(String(wanted)) : String(wanted) }, reach);
}

const switches: Readonly<Record<string, readonly [on: string, off: string]>> = {
  is_enabled: ['enable-key', 'disable-key'],
  enabled: ['enable-key', 'disable-key'],
  enable_key_rotation: ['enable-key-rotation', 'disable-key-rotation'],
};

const setters: Readonly<Record<string, readonly [operation: string, option: string]>> = {
  policy: ['put-key-policy', 'policy'],
  description: ['update-key-description', 'description'],
  rotation_period_in_days: ['enable-key-rotation', 'rotation-period-in-days'],
};

const isIdentity = (arn: string): boolean => /^arn:[^:]*:iam:/.test(arn);

/** `arn:aws:iam::111122223333:user/path/alice` as `user` and `alice` */
function identityIn(arn: string): { readonly kind: string; readonly name: string } {
  const [, kind = '', name = ''] = /:(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return { kind, name };
}

/** Of what a declared identity has beside the declared. What can be taken back comes first. */
function identityCommands({ attribute, resourceArn }: Finding, reach: Reach): readonly Command[] {
  const [, part, json = '""'] = /^(\w+)\[(".*")\]$/s.exec(attribute) ?? [];
  const { kind, name } = identityIn(resourceArn);
  const subject = String(JSON.parse(json));
  const owner = { [`${kind}-name`]: name };
  const iam = (operation: string, options: Readonly<Record<string, string>>) => aws(operation, options, reach, 'iam');
  const less = 'its principals can do less from then on';
  if (kind !== '' && part === 'attachment') {
    return [{ effect: less, line: iam(`detach-${kind}-policy`, { ...owner, 'policy-arn': subject }) }];
  }
  if (kind !== '' && part === 'inline_policy') {
    return [{ effect: less, line: iam(`delete-${kind}-policy`, { ...owner, 'policy-name': subject }) }];
  }
  if (kind === 'group' && part === 'member') {
    return [{ effect: less, line: iam('remove-user-from-group', { ...owner, 'user-name': subject }) }];
  }
  if (kind !== 'user' || part !== 'access_key') return [];
  const key = { ...owner, 'access-key-id': subject };
  return [
    {
      effect: 'refuses its requests, and can be taken back: it stays a finding',
      line: iam('update-access-key', { ...key, status: 'Inactive' }),
    },
    { effect: 'DELETES the access key for good', line: iam('delete-access-key', key) },
  ];
}

function aws(
  operation: string,
  options: Readonly<Record<string, string>>,
  { endpoint, profile }: Reach,
  service: 'kms' | 'iam' = 'kms',
): string {
  const all = {
    ...options,
    ...(endpoint !== undefined && { 'endpoint-url': endpoint }),
    ...(profile !== undefined && { profile }),
  };
  // With an equals sign, a value that begins with a hyphen is not taken for an option.
  return [
    `aws ${service}`,
    operation,
    ...Object.entries(all).map(([name, value]) => `--${name}=${quoted(value)}`),
  ].join(' ');
}

/** For any POSIX shell: nothing in single quotes is expanded. */
export const quoted = (text: string): string =>
  /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
const keyIdIn = (arn: string): string => arn.split('/').at(-1) ?? arn;

function compact(policy: string): string {
  try {
    return JSON.stringify(JSON.parse(policy));
  } catch {
    return policy;
  }
}
