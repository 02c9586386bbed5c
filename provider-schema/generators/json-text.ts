/** A JSON document as it is checked in: two spaces, a line end at the end. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
