/** A text that is not longer than a forge takes: cut between lines, with what was open in it closed. */

export function fit(text: string, longest: number, rest: string): string {
  if (text.length <= longest) return text;
  const lines = text.split('\n');
  const end = `\n\n… ${rest}`;
  const kept: string[] = [];
  let length = 0;
  let open: readonly string[] = [];
  for (const line of lines) {
    const after = openAfter(open, line);
    const closing = after.reduce((sum, one) => sum + one.length + 1, 0);
    if (length + line.length + 1 + closing + end.length > longest) break;
    kept.push(line);
    length += line.length + 1;
    open = after;
  }
  return [...kept, ...open.toReversed()].join('\n') + end;
}

/** What closes the fences and foldable parts that are open after the line. */
function openAfter(open: readonly string[], line: string): readonly string[] {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  const innermost = open.at(-1);
  if (innermost !== undefined && innermost !== '</details>') {
    const closes = fence?.startsWith(innermost) === true && line.trim() === fence;
    return closes ? open.slice(0, -1) : open;
  }
  if (fence !== undefined) return [...open, fence];
  const begun = [...open, ...(line.match(/<details>/g) ?? []).map(() => '</details>')];
  const ended = (line.match(/<\/details>/g) ?? []).length;
  return begun.slice(0, Math.max(0, begun.length - ended));
}
