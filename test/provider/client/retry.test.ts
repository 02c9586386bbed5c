import { type RetryPolicy, withRetries } from '@keystead/provider/client/retry.ts';
import { ConnectionError, ServiceError } from '@keystead/provider/client/service-error.ts';
import fc from 'fast-check';

function service(status: number, code = 'KMSInternalException', retryAfterMs?: number): ServiceError {
  return new ServiceError({ operation: 'CreateKey', code, status, detail: '', requestId: undefined, retryAfterMs });
}

const connection = (code: string) => new ConnectionError('http://localhost', code, code);

async function run(error: unknown, policy: Partial<RetryPolicy> = {}) {
  const waits: number[] = [];
  let attempts = 0;
  const result = await withRetries(
    async () => {
      attempts += 1;
      throw error;
    },
    {
      maxAttempts: 25,
      random: () => 1,
      stopSignal: new AbortController().signal,
      sleep: async (ms) => void waits.push(ms),
      ...policy,
    },
  ).catch((thrown: unknown) => thrown);
  return { result, waits, attempts };
}

test.each([
  ['a fault of the service', service(500), 25],
  ['an overloaded service', service(503, 'Http503'), 25],
  ['throttling by status', service(429, 'Http429'), 25],
  ['throttling by code', service(400, 'ThrottlingException'), 25],
  ['a refused connection', connection('ECONNREFUSED'), 7],
  ['a reset connection', connection('ECONNRESET'), 7],
  ['a host that does not exist', connection('ENOTFOUND'), 1],
  ['an untrusted certificate', connection('DEPTH_ZERO_SELF_SIGNED_CERT'), 1],
  ['a missing key', service(404, 'NotFoundException'), 1],
  ['an operation that is not there yet', service(501, 'NotImplementedException'), 1],
  ['a mistake of the provider', new TypeError('x'), 1],
])('%s is tried the right number of times and then thrown as it is', async (_, error, attempts) => {
  expect(await run(error)).toMatchObject({ result: error, attempts });
});

test('waits double up to twenty seconds, and are random below that', async () => {
  const { waits } = await run(service(500), { maxAttempts: 12 });
  expect(waits).toEqual([200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000, 20000, 20000]);
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (random) => {
      const jittered = await run(service(500), { maxAttempts: 5, random: () => random });
      expect(jittered.waits).toEqual([200, 400, 800, 1600].map((ceiling) => ceiling * random));
    }),
  );
});

test('a Retry-After of the service is respected, up to the longest wait', async () => {
  expect((await run(service(503, 'Http503', 5000), { maxAttempts: 2, random: () => 0 })).waits).toEqual([5000]);
  expect((await run(service(503, 'Http503', 3_600_000), { maxAttempts: 2, random: () => 0 })).waits).toEqual([20_000]);
});

test('nothing is tried again after an interrupt', async () => {
  const stop = new AbortController();
  const { attempts } = await run(service(500), { stopSignal: stop.signal, sleep: async () => stop.abort() });
  expect(attempts).toBe(1);
});

test('a success after failures is a success', async () => {
  let attempts = 0;
  const answer = await withRetries(
    async () => {
      attempts += 1;
      if (attempts < 3) throw connection('ECONNRESET');
      return 'answer';
    },
    { maxAttempts: 25, random: () => 0, sleep: async () => undefined, stopSignal: new AbortController().signal },
  );
  expect([answer, attempts]).toEqual(['answer', 3]);
});

describe('a create that is interrupted', () => {
  /** Fails with each error in turn and then succeeds; the interrupt comes with the first. */
  async function interrupted(...errors: readonly Error[]) {
    const stop = new AbortController();
    const left = [...errors];
    const pauses: number[] = [];
    const outcome = await withRetries(
      async () => {
        stop.abort();
        const error = left.shift();
        if (error !== undefined) throw error;
        return 'the object';
      },
      {
        maxAttempts: 25,
        random: () => 1,
        sleep: () => Promise.reject(new Error('it must wait through the interrupt')),
        stopSignal: stop.signal,
        mustEnd: async (ms) => void pauses.push(ms),
      },
    ).catch((error: unknown) => error);
    return { outcome, pauses };
  }

  test.each([
    ['a lost answer', [connection('ECONNRESET')]],
    ['a fault of the service', [service(503)]],
    ['a lost answer and a server that starts again', [connection('ECONNRESET'), connection('ECONNREFUSED')]],
  ])('is repeated after %s, because the object can exist', async (_what, errors) => {
    const { outcome, pauses } = await interrupted(...errors);
    expect(outcome).toBe('the object');
    expect(pauses).toHaveLength(errors.length);
  });

  test.each([
    ['a refused connection', connection('ECONNREFUSED')],
    ['throttling', service(400, 'ThrottlingException')],
    ['a refusal', service(400, 'AccessDeniedException')],
  ])('is not repeated after %s, because nothing was made', async (_what, error) => {
    expect(await interrupted(error)).toEqual({ outcome: error, pauses: [] });
  });

  test('gives up after the attempts that a server gets to come back', async () => {
    const errors = Array.from({ length: 9 }, () => connection('ECONNRESET'));
    const { outcome, pauses } = await interrupted(...errors);
    expect(outcome).toBe(errors[6]);
    expect(pauses).toEqual([200, 400, 800, 1600, 3200, 6400]);
  });
});
