/** All entries of a listing that comes in pages, asked for one page at a time. */
interface Page {
  readonly NextMarker?: string | undefined;
  readonly Truncated?: boolean | undefined;
}

export async function* entriesOf<P extends Page, Entry>(
  ask: (marker: string | undefined) => Promise<P>,
  entries: (page: P) => readonly Entry[] | undefined,
): AsyncGenerator<Entry> {
  let marker: string | undefined;
  do {
    const page = await ask(marker);
    yield* entries(page) ?? [];
    marker = page.Truncated === true ? page.NextMarker : undefined;
  } while (marker !== undefined);
}
