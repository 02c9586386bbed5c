/** Lists that come in pages. */

/** Everything, page after page, up to the one without a `next`. */
export async function everyPage<Item>(
  page: (marker: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next: string | undefined }>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let marker: string | undefined;
  do {
    const { items, next } = await page(marker);
    found.push(...items);
    marker = next;
  } while (marker !== undefined);
  return found;
}
