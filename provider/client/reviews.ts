/**
 * Reviews of planned changes by the control plane. Terraform plans many resources at a time and asks about each for
 * itself; here the questions of a moment become one request: those that come within a few milliseconds, and those that
 * come while a request is under way.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import { ServiceError } from './service-error.ts';
import type { UnsafeChanges } from './settings.ts';

export type PlannedChange = InputJson<'ReviewPlannedChanges'>['Changes'][number];
export type ChangeReview = OutputJson<'ReviewPlannedChanges'>['Reviews'][number];

export interface Reviews {
  readonly unsafeChanges: Exclude<UnsafeChanges, 'allow'>;
  readonly recentUseInDays: number;
  /** @throws ServiceError, ConnectionError */
  review(change: PlannedChange, region: string): Promise<ChangeReview>;
  /** true only the first time for this subject: for what is said once in a run. */
  isNew(subject: string): boolean;
}

interface Question {
  readonly change: PlannedChange;
  readonly resolve: (review: ChangeReview) => void;
  readonly reject: (error: unknown) => void;
}

type Ask = (changes: readonly PlannedChange[], region: string) => Promise<readonly ChangeReview[]>;

const list = shapeOf('PlannedChangeList');
const maxChanges = list.type === 'list' ? (list.max ?? 1) : 1;
/** Below the control plane's limit for a body, also when every character is escaped. */
const maxPolicyChars = 400_000;
/** As long as Terraform takes to send what it plans at the same moment. */
const gatheringMs = 2;

export function createReviews(
  ask: Ask,
  { unsafeChanges, recentUseInDays }: Pick<Reviews, 'unsafeChanges' | 'recentUseInDays'>,
): Reviews {
  const waiting = new Map<string, Question[]>();
  const said = new Set<string>();
  const review = (change: PlannedChange, region: string): Promise<ChangeReview> => {
    const { promise, resolve, reject } = Promise.withResolvers<ChangeReview>();
    const question = { change, resolve, reject };
    const questions = waiting.get(region);
    if (questions !== undefined) questions.push(question);
    else {
      const first = [question];
      waiting.set(region, first);
      const end = () => void waiting.delete(region);
      void answerAll(first, (changes) => ask(changes, region), end);
    }
    return promise;
  };
  const isNew = (subject: string): boolean => {
    const known = said.has(subject);
    said.add(subject);
    return !known;
  };
  return { unsafeChanges, recentUseInDays, review, isNew };
}

/**
 * One request at a time, until no question is left.
 * @param end called in the turn that finds none left, so that no later question is added to a list that nobody reads
 */
async function answerAll(
  questions: Question[],
  ask: (changes: readonly PlannedChange[]) => ReturnType<Ask>,
  end: () => void,
): Promise<void> {
  await wait(gatheringMs);
  while (questions.length > 0) await answer(takeBatch(questions), ask);
  end();
}

/** Removes the first questions, as many as one request can hold. */
function takeBatch(questions: Question[]): readonly Question[] {
  let chars = 0;
  const fits = questions.slice(0, maxChanges).findIndex(({ change }, index) => {
    chars += change.Policy?.length ?? 0;
    return index > 0 && chars > maxPolicyChars;
  });
  return questions.splice(0, fits === -1 ? maxChanges : fits);
}

/** Never throws: every question gets its review or the error. One that is refused does not take the others with it. */
async function answer(
  questions: readonly Question[],
  ask: (changes: readonly PlannedChange[]) => ReturnType<Ask>,
): Promise<void> {
  try {
    const reviews = await ask(questions.map(({ change }) => change));
    questions.forEach(({ resolve, reject }, index) => {
      const review = reviews[index];
      if (review === undefined) reject(new Error('the answer of ReviewPlannedChanges has too few reviews'));
      else resolve(review);
    });
  } catch (error) {
    if (questions.length > 1 && error instanceof ServiceError && error.code === 'ValidationException') {
      const half = Math.ceil(questions.length / 2);
      await answer(questions.slice(0, half), ask);
      await answer(questions.slice(half), ask);
    } else for (const { reject } of questions) reject(error);
  }
}
