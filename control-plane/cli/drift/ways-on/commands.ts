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

/** Declared values that the code leaves open, so that no plan sets them back. */
export function commandsForOpen(finding: Finding, reach: Reach): readonly Command[] {
  const { attribute, declared, resourceArn, region } = finding;
  if (typeof declared !== 'string' && typeof declared !== 'number') return [];
  if (declared === '(sensitive value)') return [];
  const effect = 'the code leaves this open, so no plan sets it back';
  const key = { region, 'key-id': resourceArn };
  const lines: Readonly<Record<string, () => string>> = {
    policy: () => aws('put-key-policy', { ...key, policy: compact(String(declared)) }, reach),
    description: () => aws('update-key-description', { ...key, description: String(declared) }, reach),
    rotation_period_in_days: () =>
      aws('enable-key-rotation', { ...key, 'rotation-period-in-days': String(declared) }, reach),
  };
  const line = lines[attribute]?.();
  return line === undefined ? [] : [{ effect, line }];
}

function aws(operation: string, options: Readonly<Record<string, string>>, { endpoint, profile }: Reach): string {
  const all = {
    ...options,
    ...(endpoint !== undefined && { 'endpoint-url': endpoint }),
    ...(profile !== undefined && { profile }),
  };
  // With an equals sign, a value that begins with a hyphen is not taken for an option.
  return ['aws kms', operation, ...Object.entries(all).map(([name, value]) => `--${name}=${quoted(value)}`)].join(' ');
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
