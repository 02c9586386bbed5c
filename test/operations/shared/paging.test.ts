/** Pages and markers: a marker continues its own list and is refused by every other one. */
import { createSealedTokens } from '@keystead/control-plane/authentication/sealed-tokens.ts';
import type { Context } from '@keystead/control-plane/context/context.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import {
  identityPage,
  identityPageInMemory,
  type ListName,
  listPage,
  markedPage,
  pageInMemory,
} from '@keystead/control-plane/operations/shared/paging.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';

const letters = ['a', 'b', 'c', 'd', 'e'];
const itself = (letter: string) => letter;
const read = pageInMemory(letters, itself);
const refusal = () => new KmsError('InvalidNextTokenException');

let ctx: Context;
beforeAll(async () => {
  const sealedTokens = createSealedTokens(createSoftHsm(new SecretBytes(new Uint8Array(32).fill(7))));
  ctx = { accountId: '111122223333', region: 'eu-west-1', sealedTokens } as Context;
});

describe('a list of five, two to a page', () => {
  const pageAfter = (marker: string | undefined, list: ListName = ['ListLetters']) =>
    markedPage(ctx, { list, limit: 2, marker, refusal }, read, itself);

  test('is read completely, each page from the end of the one before', async () => {
    const pages: (readonly string[])[] = [];
    for (let marker: string | undefined, more = true; more; ) {
      const { rows, next } = await pageAfter(marker);
      pages.push(rows);
      marker = next;
      more = next !== undefined;
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test.each<readonly [what: string, list: ListName]>([
    ['another operation', ['ListNumbers']],
    ['another part of the list', ['ListLetters', 'of']],
    ['a name with the same parts joined differently', ['List', 'Letters']],
  ])('its marker is refused by %s', async (_what, list) => {
    const { next } = await pageAfter(undefined);
    await expect(pageAfter(next, list)).rejects.toThrow(refusal());
  });

  test('a marker that was not issued here is refused', async () => {
    await expect(pageAfter('bm8')).rejects.toThrow(refusal());
  });

  test('the marker is short even if the list’s name is long', async () => {
    const { next } = await pageAfter(undefined, ['ListLetters', 'x'.repeat(4096)]);
    expect(next?.length).toBeLessThan(200);
  });
});

describe('a page of KMS', () => {
  const page = (input: { Limit?: number; Marker?: string }, of = '', here = ctx) =>
    listPage(here, { operation: 'ListKeys', of, input }, read, itself);

  test('shows by Truncated and NextMarker whether more follow', async () => {
    const first = await page({ Limit: 3 });
    expect(first).toEqual({ rows: ['a', 'b', 'c'], paging: { Truncated: true, NextMarker: expect.any(String) } });
    const rest = await page({ Limit: 3, Marker: first.paging.NextMarker as string });
    expect(rest).toEqual({ rows: ['d', 'e'], paging: { Truncated: false } });
  });

  test('is not continued for another key, Region or account', async () => {
    const Marker = (await page({ Limit: 1 })).paging.NextMarker as string;
    for (const elsewhere of [
      page({ Marker }, 'key'),
      page({ Marker }, '', { ...ctx, region: 'us-east-1' }),
      page({ Marker }, '', { ...ctx, accountId: '444455556666' }),
    ]) {
      await expect(elsewhere).rejects.toMatchObject({ code: 'InvalidMarkerException' });
    }
  });
});

describe('a page of IAM', () => {
  test('shows by IsTruncated and Marker whether more follow, in every Region', async () => {
    const page = (input: { MaxItems?: number; Marker?: string }, here = ctx) =>
      identityPage(here, ['ListUsers', '/'], input, read, itself);
    const first = await page({ MaxItems: 4 });
    expect(first).toEqual({ rows: ['a', 'b', 'c', 'd'], paging: { IsTruncated: true, Marker: expect.any(String) } });
    const rest = await page({ Marker: first.paging.Marker as string }, { ...ctx, region: 'us-east-1' });
    expect(rest).toEqual({ rows: ['e'], paging: { IsTruncated: false } });
    await expect(page({ Marker: 'bm8' })).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'Invalid Marker: bm8',
    });
  });

  test('of a list in memory keeps the order that the list has', async () => {
    const newestFirst = [...letters].reverse();
    const first = await identityPageInMemory(ctx, ['ListVersions'], { MaxItems: 3 }, newestFirst);
    const rest = await identityPageInMemory(ctx, ['ListVersions'], { Marker: first.paging.Marker }, newestFirst);
    expect([first.rows, rest.rows, rest.paging]).toEqual([['e', 'd', 'c'], ['b', 'a'], { IsTruncated: false }]);
  });
});
