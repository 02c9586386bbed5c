/** How bad changes are by their operations alone, for what no state is compared with. */
import { type Severity, severities } from './severity.ts';

const byEvent: Readonly<Record<string, Severity>> = {
  PutKeyPolicy: 'access gained',
  CreateGrant: 'access gained',
  ReplicateKey: 'access gained',
  EnableKey: 'access gained',
  CancelKeyDeletion: 'access gained',
  UnprotectKey: 'protection lost',
  DisableKeyRotation: 'protection lost',
  UpdatePrimaryRegion: 'protection lost',
  ScheduleKeyDeletion: 'data at risk',
  DeleteKey: 'data at risk',
  DeleteImportedKeyMaterial: 'data at risk',
  UpdateAlias: 'data at risk',
  DisableKey: 'use lost',
  DeleteAlias: 'use lost',
  RevokeGrant: 'use lost',
  RetireGrant: 'use lost',
  ChangeServerSettings: 'protection lost',
};

/** What identities may do is not compared by meaning: any change of them can give access. */
const identities: ReadonlySet<string> = new Set([
  ...['principal', 'group', 'policy', 'oidc-provider', 'account', 'access-key', 'custom-key-store'],
]);

export function severityOfEvents(resourceType: string, eventNames: readonly string[]): Severity {
  const all = eventNames.map((name): Severity => {
    if (identities.has(resourceType)) return /^(Tag|Untag)/.test(name) ? 'cosmetic' : 'access gained';
    return byEvent[name] ?? 'cosmetic';
  });
  return severities.find((severity) => all.includes(severity)) ?? 'cosmetic';
}
