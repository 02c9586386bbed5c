/** How the questions of one moment become one request. */
import { type ChangeReview, createReviews, type PlannedChange } from '@keystead/provider/client/reviews.ts';
import { ServiceError } from '@keystead/provider/client/service-error.ts';

const settings = { unsafeChanges: 'warn', recentUseInDays: 90 } as const;
const change = (KeyId: string, more: Partial<PlannedChange> = {}): PlannedChange => ({
  Operation: 'DisableKey',
  KeyId,
  ...more,
});
/** A review that names its change. */
const reviewFor = ({ KeyId = '' }: PlannedChange): ChangeReview => ({
  Findings: [{ Type: 'HasAliases', Names: [KeyId] }],
  Unreviewed: [],
});
const subject = ({ Findings }: ChangeReview) => Findings[0]?.Names?.[0];

function recording(refuses: (changes: readonly PlannedChange[]) => ServiceError | undefined = () => undefined) {
  const requests: { readonly region: string; readonly size: number }[] = [];
  const ask = async (changes: readonly PlannedChange[], region: string) => {
    requests.push({ region, size: changes.length });
    const error = refuses(changes);
    if (error !== undefined) throw error;
    return changes.map(reviewFor);
  };
  return { requests, reviews: createReviews(ask, settings) };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `key-${index}`);

test('a thousand questions at once are ten requests, and each gets its own answer', async () => {
  const { requests, reviews } = recording();
  const answers = await Promise.all(ids(1000).map((id) => reviews.review(change(id), 'us-east-1')));
  expect(answers.map(subject)).toEqual(ids(1000));
  expect(requests).toEqual(Array(10).fill({ region: 'us-east-1', size: 100 }));
});

test('questions that come while a request is under way wait for the next one', async () => {
  const requests: number[] = [];
  const gates: (() => void)[] = [];
  const reviews = createReviews(async (changes) => {
    requests.push(changes.length);
    await new Promise<void>((open) => gates.push(open));
    return changes.map(reviewFor);
  }, settings);
  const first = reviews.review(change('first'), 'us-east-1');
  while (gates.length === 0) await new Promise(setImmediate);
  const later = ids(30).map((id) => reviews.review(change(id), 'us-east-1'));
  expect(requests).toEqual([1]);
  gates.shift()?.();
  await first;
  while (gates.length === 0) await new Promise(setImmediate);
  gates.shift()?.();
  expect((await Promise.all(later)).map(subject)).toEqual(ids(30));
  expect(requests).toEqual([1, 30]);
});

test('each Region has its own requests, and long policies do not share one', async () => {
  const { requests, reviews } = recording();
  await Promise.all([reviews.review(change('a'), 'us-east-1'), reviews.review(change('b'), 'eu-west-1')]);
  expect(requests.map(({ region }) => region).sort()).toEqual(['eu-west-1', 'us-east-1']);
  requests.length = 0;
  const Policy = 'x'.repeat(30_000);
  await Promise.all(ids(40).map((id) => reviews.review(change(id, { Policy }), 'us-east-1')));
  expect(requests.map(({ size }) => size)).toEqual([13, 13, 13, 1]);
});

test('a change that the control plane cannot read is refused alone', async () => {
  const invalid = new ServiceError({
    operation: 'ReviewPlannedChanges',
    code: 'ValidationException',
    status: 400,
    detail: 'not a key id',
    requestId: undefined,
  });
  const { requests, reviews } = recording((changes) =>
    changes.some(({ KeyId }) => KeyId === 'key-3') ? invalid : undefined,
  );
  const settled = await Promise.allSettled(ids(8).map((id) => reviews.review(change(id), 'us-east-1')));
  expect(settled.map(({ status }) => status)).toEqual(ids(8).map((id) => (id === 'key-3' ? 'rejected' : 'fulfilled')));
  expect(requests.map(({ size }) => size)).toEqual([8, 4, 2, 2, 1, 1, 4]);
});

test('another error reaches every question of the request, and the next question is asked again', async () => {
  let fails = true;
  const failure = new Error('gone');
  const reviews = createReviews(async (changes) => {
    if (fails) throw failure;
    return changes.map(reviewFor);
  }, settings);
  const settled = await Promise.allSettled(ids(3).map((id) => reviews.review(change(id), 'us-east-1')));
  expect(settled).toEqual(Array(3).fill({ status: 'rejected', reason: failure }));
  fails = false;
  expect(subject(await reviews.review(change('again'), 'us-east-1'))).toBe('again');
});

test('a subject is new only once', () => {
  const { reviews } = recording();
  expect([reviews.isNew('a'), reviews.isNew('a'), reviews.isNew('b')]).toEqual([true, false, true]);
});
