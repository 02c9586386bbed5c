import { createTurnBudget } from '@keystead/control-plane/runtime/turn-budget.ts';

/** Turns that a test begins. */
function openTurns() {
  const waiting: (() => void)[] = [];
  const budget = createTurnBudget(10, (run) => waiting.push(run));
  const done: string[] = [];
  const work = (name: string, size: number) => budget.take(size).then(() => done.push(name));
  const settled = async () => {
    for (let i = 0; i < 20; i++) await undefined;
    return done.splice(0);
  };
  const nextTurn = () => {
    for (const run of waiting.splice(0)) run();
    return settled();
  };
  return { work, settled, nextTurn };
}

test('work beyond the budget of a turn is done in the next ones, in order', async () => {
  const { work, settled, nextTurn } = openTurns();
  for (const name of ['a', 'b', 'c', 'd', 'e']) void work(name, 4);
  expect(await settled()).toEqual(['a', 'b']);
  expect(await nextTurn()).toEqual(['c', 'd']);
  expect(await nextTurn()).toEqual(['e']);
});

test('a piece larger than a turn is done alone', async () => {
  const { work, settled, nextTurn } = openTurns();
  void work('small', 1);
  void work('large', 25);
  void work('last', 1);
  expect(await settled()).toEqual(['small', 'last']);
  expect(await nextTurn()).toEqual(['large']);
});

test('a turn begins with nothing done, also when nobody waited for it', async () => {
  const { work, settled, nextTurn } = openTurns();
  void work('a', 10);
  expect(await settled()).toEqual(['a']);
  await nextTurn();
  void work('b', 10);
  expect(await settled()).toEqual(['b']);
});
