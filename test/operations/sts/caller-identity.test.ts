import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

test('the answer is the identity that signed the request', async () => {
  expect(await controlPlane.perform('GetCallerIdentity', {})).toEqual({
    Account: '111122223333',
    Arn: 'arn:aws:iam::111122223333:root',
    UserId: '111122223333',
  });
  const as = await controlPlane.user('app');
  expect(await controlPlane.perform('GetCallerIdentity', {}, { as })).toMatchObject({
    Arn: 'arn:aws:iam::111122223333:user/app',
  });
});
