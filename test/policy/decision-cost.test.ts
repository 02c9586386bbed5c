/** What decisions cost: never more than the limit, whatever the policies and the request are, and never uncharged. */
import { authorize } from '@keystead/policy/authorize.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import { newEffort, spentOf, UNITS_PER_REQUEST } from '@keystead/policy/effort.ts';
import { explain } from '@keystead/policy/explain.ts';
import { costlyRequest, randomFrom } from '../support/costly-policies.ts';
import { countSteps } from '../support/counted-work.ts';
import { runs } from '../support/sizes.ts';

const CASES = runs(500, 10_000);
const SEED = 20_261_130;
/** More steps than this for a unit: work that is charged too little, or not at all. */
const STEPS_PER_UNIT = 8;
/** Of a decision beside what it is charged for. */
const FREE_STEPS = 500;

test(`${CASES} random expensive requests: all work is charged, and none is over the limit`, () => {
  const random = randomFrom(SEED);
  const seen = { refusedForCost: 0, otherwise: 0 };
  for (let i = 0; i < CASES; i++) {
    const effort = newEffort();
    const request = { ...costlyRequest(random), effort };
    const { result: decision, steps } = countSteps(() => authorize(request));
    const units = spentOf(effort);
    const allowed = { steps: STEPS_PER_UNIT * units + FREE_STEPS, units: UNITS_PER_REQUEST };
    if (steps > allowed.steps || units > allowed.units) {
      throw new Error(`case ${i}: ${steps} steps for ${units} units (${reasonOf(decision)})`);
    }
    if (!decision.allowed && decision.denial.kind === 'no-allow' && decision.denial.tooCostly) seen.refusedForCost += 1;
    else seen.otherwise += 1;
  }
  // The cases are of both kinds, or they would show nothing.
  expect(seen.refusedForCost).toBeGreaterThan(CASES / 50);
  expect(seen.otherwise).toBeGreaterThan(CASES / 10);
}, 600_000);

test('explanations of random expensive requests cost at most as much again as the decision', () => {
  const random = randomFrom(SEED + 1);
  for (let i = 0; i < runs(60, 1000); i++) {
    const effort = newEffort();
    const request = { ...costlyRequest(random), effort };
    const { result, steps } = countSteps(() => explain(request));
    const text = JSON.stringify(result.steps);
    expect({ i, isShort: text.length < 3 * UNITS_PER_REQUEST }).toEqual({ i, isShort: true });
    expect({ i, isCharged: steps <= STEPS_PER_UNIT * spentOf(effort) + FREE_STEPS }).toEqual({ i, isCharged: true });
    expect(spentOf(effort)).toBeLessThanOrEqual(2 * UNITS_PER_REQUEST);
    expect(result.decision).toEqual(authorize({ ...request, effort: newEffort() }));
  }
}, 180_000);
