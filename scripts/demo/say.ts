/** How the demo talks: a numbered line for each step, indented lines for its results. */
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
