/**
 * What was changed since the baseline, whatever state and code say of it: an apply, a refresh, or a change that was taken
 * back cannot hide it, because only the change log is asked.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { LoggedChange } from '../running/changes.ts';
import type { TrailEvent } from '../running/events.ts';
import { keyIdOf, nameOf } from '../states/declared.ts';
import type { Finding } from './finding.ts';
import { changedAttributes } from './key-since.ts';
import {
  arnOf,
  type ChangedObject,
  findingOf,
  type MadeChange,
  type SinceAnswer,
  type SinceQuestion,
} from './made-change.ts';
import { aliasTargetBefore, aliasTargets } from './value-before.ts';

/** One finding for each attribute of a key, and for each other object. */
export async function changedSince(question: SinceQuestion): Promise<SinceAnswer> {
  const resources = new Map(question.declared.map((resource) => [nameOf(resource), resource]));
  const objects = Map.groupBy(question.made, ({ change }) => objectOf(change));
  const answers = await Promise.all(
    [...objects.values()].map((all): Promise<SinceAnswer> => {
      const left = all.filter(({ change, event }) => !question.reported.has(change.RequestId) && !isRoutine(event));
      const [{ change }] = all as [MadeChange];
      const object = { all, left, resource: resources.get(nameOfChange(change)) };
      return left.length === 0 ? Promise.resolve({ findings: [], leftToOthers: 0 }) : answerAbout(object, question);
    }),
  );
  return {
    findings: answers.flatMap(({ findings }) => findings),
    leftToOthers: answers.reduce((sum, { leftToOthers }) => sum + leftToOthers, 0),
  };
}

async function answerAbout(object: ChangedObject, question: SinceQuestion): Promise<SinceAnswer> {
  const [{ change }] = object.left as [MadeChange];
  const isNew = object.all.some(({ change: { Kind } }) => Kind === 'created');
  if (change.ResourceType === 'key' && !isNew) return changedAttributes(object, question);
  if (isMoveLeftToOthers(object)) return { findings: [], leftToOthers: 1 };
  const values = change.ResourceType === 'alias' ? await aliasValues(object, question) : {};
  return { findings: [await findingOf(object.left, object, values, question)], leftToOthers: 0 };
}

/** Another target is an attribute of an alias; that it is deleted or made is not. */
const isMoveLeftToOthers = ({ left, resource }: ChangedObject): boolean =>
  resource?.type === 'aws_kms_alias' &&
  resource.ignoresChange?.('target_key_id') === true &&
  left.every(({ change: { EventName } }) => EventName === 'UpdateAlias');

async function aliasValues(
  { all }: ChangedObject,
  { log }: SinceQuestion,
): Promise<Pick<Finding, 'atBaseline' | 'actual'>> {
  const [{ change }] = all as [MadeChange];
  const before = { place: { region: change.Region, resourceArn: arnOf(change) }, eventId: change.EventId };
  const event = all.at(-1)?.event;
  const idOf = (reference: unknown) => (reference === undefined ? undefined : keyIdOf(reference));
  return defined({
    atBaseline: idOf(await aliasTargetBefore(log, before)),
    actual: event && idOf(aliasTargets[event.eventName]?.(event)),
  });
}

/** Rotation by the clock is what was asked for when it was switched on. */
const isRoutine = (event: TrailEvent | undefined): boolean =>
  event?.eventName === 'RotateKey' && event.userIdentity.invokedBy === 'AWS Internal';

const objectOf = ({ Region, ResourceType, ResourceId }: LoggedChange): string =>
  `${Region} ${ResourceType} ${ResourceId}`;

const ofRegions: ReadonlySet<string> = new Set(['key', 'alias', 'custom-key-store']);

/** As `nameOf` of a declared resource. */
function nameOfChange({ ResourceType, Region, ResourceId }: LoggedChange): string {
  return ofRegions.has(ResourceType) ? `${ResourceType} ${Region}/${ResourceId}` : `${ResourceType} ${ResourceId}`;
}
