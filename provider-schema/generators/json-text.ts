/** A JSON document as it is checked in: indented by two spaces, with a line end. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
