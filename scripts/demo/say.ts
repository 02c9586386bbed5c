/** How the demo talks: a numbered line for each step, indented lines for its results, and an error that ends it. */
let count = 0;

export function say(text: string): void {
  console.log(text);
}

export function step(text: string): void {
  count += 1;
  say(`\n${count}. ${text}`);
}

export function show(text: string): void {
  say(text.replaceAll(/^/gm, '   │ '));
}

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
