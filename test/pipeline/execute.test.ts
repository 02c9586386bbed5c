/** Attempts: which are repeated, and which are the last. */
import { Refusal } from '@keystead/control-plane/context/refusal.ts';
import { untilCommitted } from '@keystead/control-plane/pipeline/execute.ts';
import { WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';

const lost = new WriteConflict('another write came first');
const committed = { output: 'done' };

/** Attempts that end in these ways, one after the other. */
function attempts(...ends: readonly (Error | 'again' | typeof committed)[]) {
  const left = [...ends];
  const made = { count: 0 };
  const attempt = async () => {
    made.count += 1;
    const end = left.length > 1 ? left.shift() : left[0];
    if (end instanceof Error) throw end;
    return end as 'again' | typeof committed;
  };
  return { attempt, made };
}

test('an attempt that lost a race is repeated, also when the error is inside a refusal', async () => {
  const { attempt, made } = attempts(lost, new Refusal(lost, { decisions: [] }), committed);
  expect(await untilCommitted(attempt)).toBe(committed);
  expect(made.count).toBe(3);
});

test('an attempt that only prepared the next one is followed by it', async () => {
  const { attempt, made } = attempts('again', lost, 'again', committed);
  expect(await untilCommitted(attempt)).toBe(committed);
  expect(made.count).toBe(4);
});

test('any other error ends the attempts', async () => {
  for (const error of [new KmsError('DisabledException'), new Refusal(new Error('broken'), { decisions: [] })]) {
    const { attempt, made } = attempts(lost, error, committed);
    await expect(untilCommitted(attempt)).rejects.toBe(error);
    expect(made.count).toBe(2);
  }
});

test.each([
  ['lose races', lost],
  ['only prepare the next', 'again'],
] as const)('a hundred attempts that %s are the last', async (_title, end) => {
  const { attempt, made } = attempts(end);
  await expect(untilCommitted(attempt)).rejects.toThrow(WriteConflict);
  expect(made.count).toBe(100);
});
