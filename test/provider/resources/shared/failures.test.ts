import { ConnectionError, ServiceError } from '@keystead/provider/client/service-error.ts';
import { DiagnosticError } from '@keystead/provider/engine/resource.ts';
import { attempt, failuresOf, runSteps } from '@keystead/provider/resources/shared/failures.ts';

function service(
  code: string,
  status = 400,
  detail = 'text',
  requestId: string | undefined = 'request-1',
): ServiceError {
  return new ServiceError({ operation: 'PutKeyPolicy', code, status, detail, requestId });
}

test('a diagnostic says what was done, the cause, the remedy and the request id', () => {
  expect(failuresOf(service('DisabledException'), 'enabling rotation', ['enable_key_rotation'])).toEqual([
    {
      severity: 'error',
      summary: 'enabling rotation',
      detail: 'DisabledException: text\n\nEnable the key first (is_enabled = true).\nRequest id: request-1',
      path: ['enable_key_rotation'],
    },
  ]);
});

test('codes that mean one argument point to it, wherever they came up', () => {
  expect(failuresOf(service('MalformedPolicyDocumentException'), 'x', ['id'])).toMatchObject([{ path: ['policy'] }]);
  expect(failuresOf(service('TagException'), 'x')).toMatchObject([{ path: ['tags'] }]);
});

test('an unknown code is passed on without a remedy, a fault of the service points to its log', () => {
  expect(failuresOf(service('StrangeException', 400, ''), 'x')[0]?.detail).toBe(
    'StrangeException\nRequest id: request-1',
  );
  expect(failuresOf(service('Http502', 502, ''), 'x')[0]?.detail).toMatch(/Its log says why/);
});

test.each([
  ['ECONNREFUSED', /keystead serve/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /custom_ca_bundle/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /custom_ca_bundle/],
])('a connection that fails with %s says where and what to check', (code, remedy) => {
  const [diagnostic] = failuresOf(new ConnectionError('http://127.0.0.1:8600', code, 'why'), 'reading KMS Key (k)');
  expect(diagnostic?.detail).toMatch(/at http:\/\/127\.0\.0\.1:8600: why/);
  expect(diagnostic?.detail).toMatch(remedy);
});

test('a mistake of the provider is thrown as it is', async () => {
  await expect(attempt('x', undefined, () => Promise.reject(new TypeError('mistake')))).rejects.toThrow(TypeError);
});

test('diagnostics of the inner attempt win', async () => {
  const inner = new DiagnosticError([{ severity: 'error', summary: 'inner', detail: 'd' }]);
  await expect(attempt('outer', undefined, () => Promise.reject(inner))).rejects.toMatchObject({
    diagnostics: [{ summary: 'inner' }],
  });
});

test('steps stop at the first that fails', async () => {
  const done: string[] = [];
  const step = (doing: string, when: boolean, error?: Error) => ({
    doing,
    path: [doing],
    when,
    run: async () => {
      if (error !== undefined) throw error;
      done.push(doing);
    },
  });
  const failures = await runSteps([
    step('a', true),
    step('b', false, service('NotFoundException')),
    step('c', true, service('LimitExceededException')),
    step('d', true),
  ]);
  expect(done).toEqual(['a']);
  expect(failures).toMatchObject([{ summary: 'c', path: ['c'] }]);
});
