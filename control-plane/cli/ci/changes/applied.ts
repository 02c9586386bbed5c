/** What an apply did, also one that did not get to its end. */
import { count } from '../../drift/reports/words.ts';
import { CommandError } from '../../shared/report.ts';
import { failureOf } from '../runs/failures.ts';
import type { Ended } from '../runs/terraform.ts';
import { actionOf, type PlanJson } from './plan-json.ts';

const NAMES_SHOWN = 20;

/** @returns a summary for people. @throws CommandError that says what was applied until it failed or was interrupted */
export function requireApplied(plan: PlanJson, ended: Ended): string {
  const planned = (plan.resource_changes ?? []).filter((change) => actionOf(change) !== undefined);
  const addresses = (type: string) => [
    ...new Set(ended.messages.flatMap((message) => (message.type === type ? (message.address ?? []) : []))),
  ];
  const [begun, done, failed] = ['apply_start', 'apply_complete', 'apply_errored'].map(addresses) as [
    string[],
    string[],
    string[],
  ];
  if (ended.code === 0) return `Applied: ${count(planned.length, 'resource')} changed as planned.`;
  const state = ended.messages.find(({ diagnostic }) =>
    /failed to (persist|save) state/i.test(diagnostic?.summary ?? ''),
  );
  if (state) throw stateNotSaved(done);
  if (begun.length === 0) throw failureOf('terraform apply', ended);
  const waiting = planned.map(({ address }) => address).filter((address) => !begun.includes(address));
  const what = ended.interrupted ? 'was interrupted' : 'failed halfway';
  throw new CommandError(
    `The apply ${what}. Applied: ${listed(done)}. Failed: ${listed(failed)}. Not begun: ${listed(waiting)}.`,
    'The state has what was applied, so this plan is stale now. Mend the cause, make a new plan of the rest, and apply that one.',
  );
}

const stateNotSaved = (done: readonly string[]): CommandError =>
  new CommandError(
    `The new state was not saved in the backend. Applied: ${listed(done)}.`,
    "Keep the file errored.tfstate of the stack's directory, and push it before anything else is applied: terraform state push errored.tfstate",
  );

function listed(addresses: readonly string[]): string {
  if (addresses.length === 0) return 'nothing';
  const more = addresses.length > NAMES_SHOWN ? ` and ${addresses.length - NAMES_SHOWN} more` : '';
  return `${addresses.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}
