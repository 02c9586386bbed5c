/** Settings of the server as a file declares them, against those it was started with. */
import { CommandError } from '../../shared/report.ts';
import type { TrailEvent } from '../running/events.ts';
import { type IdentityDifference, tracing } from './identity-difference.ts';
import { untouched } from './left.ts';
import type { Severity } from './severity.ts';

type Settings = Readonly<Record<string, string>>;

/** These say who is trusted, and who reaches the server. */
const ofAccess: ReadonlySet<string> = new Set([
  ...['trusted-services', 'identity-provider-networks', 'trusted-proxies', 'tls-client-ca'],
  ...['listen', 'metrics-listen', 'plaintext'],
]);

/** @throws CommandError for a name that the server does not have */
export function compareSettings(declared: Settings, actual: Settings, region: string): readonly IdentityDifference[] {
  return Object.entries(declared).flatMap(([name, wanted]) => {
    const value = actual[name];
    if (value === undefined) {
      throw new CommandError(
        `The server does not have the setting "${name}".`,
        `Correct "settings" in keystead-drift.yaml: there is ${Object.keys(actual).join(', ')}.`,
      );
    }
    if (value === wanted) return [];
    return [
      {
        ...{
          region,
          resourceArn: 'server-settings',
          what: 'changed',
          attribute: name,
          declared: wanted,
          actual: value,
        },
        severity: severityOf(name),
        asked: { resources: ['server-settings'], trace: tracing({ ChangeServerSettings: leftOf(name) }, value) },
      } as const,
    ];
  });
}

const severityOf = (name: string): Severity => (ofAccess.has(name) ? 'access gained' : 'protection lost');

interface Changed {
  readonly changed?: readonly { readonly name: string; readonly after: string }[];
}

const leftOf =
  (name: string) =>
  ({ serviceEventDetails }: TrailEvent): unknown =>
    (serviceEventDetails as Changed | undefined)?.changed?.find((one) => one.name === name)?.after ?? untouched;
