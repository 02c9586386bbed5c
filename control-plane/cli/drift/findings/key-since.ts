/** What was changed of a key since the baseline, attribute by attribute: the value then, the value now, and who set it. */
import { describePolicyDifference } from '@keystead/provider-schema/policy-meaning.ts';
import type { TrailEvent } from '../running/events.ts';
import { type DeclaredResource, keyIdOf } from '../states/declared.ts';
import type { Difference } from './compare.ts';
import type { Finding } from './finding.ts';
import { leftBy, sameValue, tagAttribute, tagOf, untouched } from './left.ts';
import {
  aboutObject,
  arnOf,
  type ChangedObject,
  causeIn,
  eventNames,
  findingOf,
  type MadeChange,
  operationsOf,
  type SinceAnswer,
  type SinceQuestion,
} from './made-change.ts';
import { type Severity, severities, severityOf } from './severity.ts';
import { severityOfEvents } from './severity-of-events.ts';
import { type ValueBefore, valueBefore } from './value-before.ts';

/** An attribute that events since the baseline set. */
interface Course {
  readonly attribute: string;
  readonly before: ValueBefore;
  /** Each with the value it left, oldest first. */
  readonly set: readonly { readonly made: MadeChange; readonly value: unknown }[];
}

export async function changedAttributes(object: ChangedObject, question: SinceQuestion): Promise<SinceAnswer> {
  const { left, resource } = object;
  const names = new Map(left.map((made) => [made, attributesOf(made, resource)]));
  const attributes = [...new Set([...names.values()].flat())];
  const courses = await Promise.all(attributes.map((attribute) => courseOf(attribute, object, question)));
  const moved = new Set(courses.filter(hasMoved).map(({ attribute }) => attribute));
  // Each operation is reported, also one that set what was there already.
  for (const own of names.values()) if (own[0] !== undefined && !own.some((name) => moved.has(name))) moved.add(own[0]);
  const shown = courses.filter(({ attribute }) => moved.has(attribute) && !isIgnoredTag(attribute, question));
  const owner = (attribute: string) => ownerOf(attribute, object, question);
  const ignored = shown.filter(({ attribute }) => owner(attribute)?.ignoresChange?.(attribute));
  const whole = left.filter((made) => names.get(made)?.length === 0 || concernsKey(made));
  const findings = await Promise.all([
    ...(whole.length === 0 ? [] : [findingOf(whole, object, {}, question)]),
    ...shown
      .filter((course) => !ignored.includes(course))
      .map((course) => attributeFinding(course, owner(course.attribute), question, changesOf(course.attribute, names))),
  ]);
  return { findings, leftToOthers: ignored.length };
}

const changesOf = (
  attribute: string,
  names: ReadonlyMap<MadeChange, readonly string[]>,
): readonly [MadeChange, ...MadeChange[]] =>
  [...names].flatMap(([made, own]) => (own.includes(attribute) ? [made] : [])) as [MadeChange];

/** A key's policy can have a resource of its own. */
function ownerOf(
  attribute: string,
  { all: [first], resource }: ChangedObject,
  { declared }: SinceQuestion,
): DeclaredResource | undefined {
  if (attribute !== 'policy') return resource;
  const ofKey = declared.find(
    ({ type, region, values }) =>
      type === 'aws_kms_key_policy' &&
      region === first?.change.Region &&
      keyIdOf(values.key_id) === first.change.ResourceId,
  );
  return ofKey ?? resource;
}

const isIgnoredTag = (attribute: string, { ignoresTag }: SinceQuestion): boolean => {
  const tag = tagOf(attribute);
  return tag !== undefined && ignoresTag(tag);
};

/** They do more to a key than to set an attribute. */
const ofWholeKey = /^(ScheduleKeyDeletion|CancelKeyDeletion|ImportKeyMaterial|Delete(Imported|Expired)KeyMaterial)$/;
const concernsKey = ({ change }: MadeChange): boolean => ofWholeKey.test(change.EventName);

const attributes = ['description', 'enable_key_rotation', 'rotation_period_in_days', 'deletion_protection', 'policy'];

/** Which attributes an event sets. */
function attributesOf({ change, event }: MadeChange, resource: DeclaredResource | undefined): readonly string[] {
  if (/^(Schedule|Cancel)KeyDeletion$/.test(change.EventName)) return [];
  const tags = event && /^(Tag|Untag)Resource$/.test(event.eventName) ? tagsOf(event) : [];
  const isOther = resource !== undefined && resource.type !== 'aws_kms_key';
  const named = [...attributes, isOther ? 'enabled' : 'is_enabled', 'valid_to'].filter(
    (name) => leftBy(name)[change.EventName] !== undefined,
  );
  return [...tags, ...named];
}

function tagsOf({ requestParameters }: TrailEvent): readonly string[] {
  const { tags = [], tagKeys = [] } = requestParameters ?? {};
  const set = (tags as readonly { readonly tagKey: string }[]).map(({ tagKey }) => tagKey);
  return [...set, ...(tagKeys as readonly string[])].map(tagAttribute);
}

async function courseOf(attribute: string, { all, resource }: ChangedObject, question: SinceQuestion): Promise<Course> {
  const [{ change }] = all as [MadeChange];
  const at = { region: change.Region, resourceArn: arnOf(change) };
  const primary = resource?.values.primary_key_arn;
  const place = {
    place: at,
    eventId: change.EventId,
    ...(typeof primary === 'string' && { primaryKeyArn: primary }),
  };
  const left = leftBy(attribute);
  const set = all.flatMap((made) => {
    const value = made.event ? left[made.event.eventName]?.(made.event) : undefined;
    const concerns = made.event ? left[made.event.eventName] !== undefined : left[made.change.EventName] !== undefined;
    return concerns && value !== untouched ? [{ made, value }] : [];
  });
  return { attribute, before: await valueBefore(question.log, place, attribute), set };
}

const isSame = (attribute: string, a: unknown, b: unknown): boolean =>
  attribute === 'policy' ? sameValue(attribute)(a, b) : Object.is(a, b);

const hasMoved = ({ attribute, before, set }: Course): boolean =>
  before === 'unknown' || set.some(({ value }) => !isSame(attribute, value, before.value));

async function attributeFinding(
  { attribute, before, set }: Course,
  resource: DeclaredResource | undefined,
  question: SinceQuestion,
  changes: readonly [MadeChange, ...MadeChange[]],
): Promise<Omit<Finding, 'id'>> {
  const now = set.at(-1)?.value;
  const isBack = before !== 'unknown' && isSame(attribute, now, before.value);
  const values = { ...(before !== 'unknown' && { declared: before.value }), actual: now };
  const isSensitive = resource?.sensitive.has(attribute.replace(/\[.*/s, '')) ?? false;
  const about = { ...aboutObject(changes[0].change, resource), attribute };
  const difference: Difference = { ...about, what: 'changed', ...values };
  const access = isBack || isSensitive || before === 'unknown' ? undefined : await question.accessOf(difference);
  // The change of what the attribute is now; of one that was taken back, the last.
  const author = isBack ? changes.at(-1) : (lastSetter(attribute, set, changes) ?? changes.at(-1));
  const { change, event } = author ?? changes[0];
  const net: Severity = isBack ? 'cosmetic' : severityOf(difference, access);
  const between = changes.length > 1 || isBack ? severityOfEvents('key', eventNames(changes)) : 'cosmetic';
  return {
    ...about,
    ...(isSensitive ? hidden(values) : shownValues(attribute, values)),
    ...(resource?.writes?.(attribute) === false && { notDeclared: true }),
    severity: severities.find((one) => one === net || one === between) ?? net,
    ...(access && { access }),
    details: [
      ...(attribute === 'policy' && !isBack && before !== 'unknown' && !isSensitive
        ? describePolicyDifference(String(before.value), String(now), 'at the baseline')
        : []),
      ...(before === 'unknown' ? ['value at the baseline unknown: the audit log does not reach back to it'] : []),
      ...(isBack ? ['now as at the baseline again'] : []),
      ...operationsOf(changes),
    ],
    ...(await causeIn(question.log, event, change)),
  };
}

/** The oldest of those that left what is there now. */
function lastSetter(attribute: string, set: Course['set'], changes: readonly MadeChange[]): MadeChange | undefined {
  const now = set.at(-1)?.value;
  const other = set.findLastIndex(({ value }) => !isSame(attribute, value, now));
  const setter = set[other + 1]?.made;
  return setter && changes.includes(setter) ? setter : undefined;
}

interface Values {
  readonly declared?: unknown;
  readonly actual?: unknown;
}

function shownValues(attribute: string, { declared, actual }: Values): Pick<Finding, 'atBaseline' | 'actual'> {
  const shown = (value: unknown) =>
    attribute === 'valid_to' && typeof value === 'string' ? new Date(`${value} UTC`).toISOString() : value;
  return {
    ...(declared !== undefined && { atBaseline: shown(declared) }),
    ...(actual !== undefined && { actual: shown(actual) }),
  };
}

function hidden({ declared, actual }: Values): Pick<Finding, 'atBaseline' | 'actual'> {
  const hide = (value: unknown) => (value === undefined ? undefined : '(sensitive value)');
  return shownValues('', { declared: hide(declared), actual: hide(actual) });
}
