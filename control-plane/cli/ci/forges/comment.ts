/**
 * One comment for each name on a pull or merge request: found by its first line and its author, changed in place, and
 * never doubled. Someone else's comment with the same first line is left alone.
 */
import { fit } from './fit.ts';
import type { Forge, ForgeComment } from './forge.ts';
import { mark, markOf } from './marker.ts';

export type Posted = 'created' | 'updated' | 'unchanged' | 'kept that of a later run';

/** @param text Markdown */
export async function postComment(forge: Forge, request: number, name: string, text: string): Promise<Posted> {
  const author = await forge.author();
  const marked = mark(name, { run: forge.run, more: '' }, forge.harmless(text));
  const body = fit(marked, forge.longestBody, 'the rest is in the log of the job.');
  const own = async () => (await forge.comments(request)).filter((one) => isOwn(one, author, name)).toSorted(byId);
  const [first, ...more] = await own();
  for (const { id } of more) await forge.deleteComment(request, id);
  if (first !== undefined) return writeOver(forge, request, name, first, body);
  const created = await forge.createComment(request, body);
  return settle(forge, request, name, body, created, await own());
}

const isOwn = (comment: ForgeComment, author: string, name: string): boolean =>
  comment.author === author && markOf(name, comment.body) !== undefined;

const byId = (a: ForgeComment, b: ForgeComment): number => a.id - b.id;

async function writeOver(
  forge: Forge,
  request: number,
  name: string,
  present: ForgeComment,
  body: string,
): Promise<Posted> {
  if ((markOf(name, present.body)?.run ?? 0) > forge.run) return 'kept that of a later run';
  if (present.body === body) return 'unchanged';
  await forge.updateComment(request, present.id, body);
  return 'updated';
}

/** Another run created one at the same time: both runs keep the oldest, with what the later run says. */
async function settle(
  forge: Forge,
  request: number,
  name: string,
  body: string,
  created: ForgeComment,
  all: readonly ForgeComment[],
): Promise<Posted> {
  const [oldest] = all;
  if (oldest === undefined || oldest.id === created.id) {
    for (const { id } of all.slice(1)) await forge.deleteComment(request, id);
    const latest = all.slice(1).find((one) => (markOf(name, one.body)?.run ?? 0) > forge.run);
    if (oldest === undefined || latest === undefined) return 'created';
    await forge.updateComment(request, oldest.id, latest.body);
    return 'kept that of a later run';
  }
  const posted = await writeOver(forge, request, name, oldest, body);
  await forge.deleteComment(request, created.id);
  return posted;
}
