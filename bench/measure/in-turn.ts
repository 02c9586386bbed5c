/** The order within a round: floor and subject take turns, and who goes first changes with each round. */

export interface Pair<T> {
  readonly subject: T;
  readonly floor: T;
}

type Work<T> = () => Promise<T> | T;

/** Even rounds begin with the floor, odd ones with the subject: a drift of the machine's speed favours neither. */
export async function inTurn<T>(round: number, { subject, floor }: Pair<Work<T>>): Promise<Pair<T>> {
  if (round % 2 === 0) {
    const below = await floor();
    return { floor: below, subject: await subject() };
  }
  const above = await subject();
  return { subject: above, floor: await floor() };
}

/** Several measurements of each side in one round, the order changing each time. @returns all of them */
export async function inTurnRepeatedly<T>(
  round: number,
  times: number,
  works: Pair<Work<T>>,
): Promise<Pair<readonly T[]>> {
  const subject: T[] = [];
  const floor: T[] = [];
  for (let i = 0; i < times; i += 1) {
    const pair = await inTurn(round + i, works);
    subject.push(pair.subject);
    floor.push(pair.floor);
  }
  return { subject, floor };
}
