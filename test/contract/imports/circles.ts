/** Circles of a directed graph: its strongly connected components of more than one node (Tarjan, 1972). */

/** Node → nodes it points to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Each circle's nodes sorted; circles in the order of their first nodes. An arrow from a node to itself is not a
 * circle.
 */
export function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const lower = (node: string, value: number) => lowest.set(node, Math.min(lowest.get(node) ?? value, value));

  const enter = (node: string): void => {
    order.set(node, order.size);
    lower(node, order.size - 1);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) {
        enter(next);
        lower(node, lowest.get(next) ?? 0);
      } else if (stack.includes(next)) {
        lower(node, order.get(next) ?? 0);
      }
    }
    if (lowest.get(node) !== order.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of graph.keys()) if (!order.has(node)) enter(node);
  return circles.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

/** @param pairs from → to; both sides become nodes */
export function graphOf(pairs: Iterable<readonly [from: string, to: string]>): Graph {
  const graph = new Map<string, Set<string>>();
  const node = (name: string) => {
    const known = graph.get(name);
    if (known) return known;
    const made = new Set<string>();
    graph.set(name, made);
    return made;
  };
  for (const [from, to] of pairs) {
    node(to);
    if (from !== to) node(from).add(to);
  }
  return graph;
}
