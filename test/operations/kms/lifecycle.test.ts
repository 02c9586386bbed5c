/** Random steps in the life of a key, compared with a model: its states, and whether it encrypts and decrypts. */
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import fc from 'fast-check';
import { aKey } from '../../support/a-key.ts';
import { DAY_MS, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let jobs: Jobs;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
});
afterAll(async () => {
  await jobs?.stop();
  await controlPlane?.close();
});

const steps = [
  'EnableKey',
  'DisableKey',
  'ScheduleKeyDeletion',
  'CancelKeyDeletion',
  'RotateKeyOnDemand',
  'Encrypt',
  'Decrypt',
  'threeDays',
] as const;
type Step = (typeof steps)[number];
type State = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'deleted';

interface Model {
  state: State;
  daysLeft: number;
  rotations: number;
}

const WINDOW_IN_DAYS = 7;

/** The effect of the step by the developer guide: the code of the refusal, or 'ok'. */
function expected(model: Model, step: Step): string {
  if (model.state === 'deleted') return step === 'Decrypt' ? 'AccessDeniedException' : 'NotFoundException';
  const pending = model.state === 'PendingDeletion';
  if (step === 'CancelKeyDeletion') return pending ? 'ok' : 'KMSInvalidStateException';
  if (pending) return 'KMSInvalidStateException';
  if (step === 'EnableKey' || step === 'DisableKey' || step === 'ScheduleKeyDeletion') return 'ok';
  if (model.state === 'Disabled') return 'DisabledException';
  return step === 'RotateKeyOnDemand' && model.rotations === 25 ? 'LimitExceededException' : 'ok';
}

function advance(model: Model, step: Step): void {
  if (step === 'EnableKey') model.state = 'Enabled';
  if (step === 'DisableKey' || step === 'CancelKeyDeletion') model.state = 'Disabled';
  if (step === 'RotateKeyOnDemand') model.rotations += 1;
  if (step === 'ScheduleKeyDeletion') Object.assign(model, { state: 'PendingDeletion', daysLeft: WINDOW_IN_DAYS });
}

async function threeDays(model: Model): Promise<void> {
  controlPlane.clock.advance(3 * DAY_MS);
  await jobs.runOnce();
  model.daysLeft -= 3;
  if (model.state === 'PendingDeletion' && model.daysLeft <= 0) model.state = 'deleted';
}

async function attempt(step: Exclude<Step, 'threeDays'>, KeyId: string, CiphertextBlob: Uint8Array): Promise<string> {
  const inputs = {
    EnableKey: { KeyId },
    DisableKey: { KeyId },
    ScheduleKeyDeletion: { KeyId, PendingWindowInDays: WINDOW_IN_DAYS },
    CancelKeyDeletion: { KeyId },
    RotateKeyOnDemand: { KeyId },
    Encrypt: { KeyId, Plaintext: Buffer.from('x') },
    Decrypt: { CiphertextBlob },
  };
  return controlPlane.perform(step, inputs[step]).then(
    () => 'ok',
    (error) => error.code,
  );
}

test('a key behaves in every state as the key state table says, after any steps before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { maxLength: 25 }), async (walk) => {
      const { KeyId } = await aKey(controlPlane);
      const { CiphertextBlob = new Uint8Array() } = await controlPlane.perform('Encrypt', {
        KeyId,
        Plaintext: Buffer.from('first'),
      });
      const model: Model = { state: 'Enabled', daysLeft: 0, rotations: 0 };
      for (const step of walk) {
        if (step === 'threeDays') {
          await threeDays(model);
        } else {
          const outcome = await attempt(step, KeyId, CiphertextBlob);
          expect([model.state, step, outcome]).toEqual([model.state, step, expected(model, step)]);
          if (outcome === 'ok') advance(model, step);
        }
        const state = await controlPlane.perform('DescribeKey', { KeyId }).then(
          (answer) => answer.KeyMetadata?.KeyState,
          () => 'deleted',
        );
        expect(state).toBe(model.state);
      }
    }),
    { numRuns: 40 },
  );
});
