import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

test('the caller is told who signed', async () => {
  expect(await house.perform('GetCallerIdentity', {})).toEqual({
    Account: '111122223333',
    Arn: 'arn:aws:iam::111122223333:root',
    UserId: '111122223333',
  });
  const as = await house.user('app');
  expect(await house.perform('GetCallerIdentity', {}, { as })).toMatchObject({
    Arn: 'arn:aws:iam::111122223333:user/app',
  });
});
