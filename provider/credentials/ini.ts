/**
 * The AWS shared configuration and credentials files: sections of `name = value` lines, where a value can be a nested
 * block of indented lines (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html). Reads text, touches no
 * files.
 */
/** Section name to its properties; a nested property is named `outer.inner`. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Lines that are not a header, property or comment are ignored, as in the AWS SDKs. */
export function parseIni(text: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let outer: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      const name = header.trim().replace(/\s+/g, ' ');
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      outer = undefined;
      continue;
    }
    const property = /^(\s*)([^=]+?)\s*=\s*(.*)$/.exec(line);
    if (section === undefined || property === null) continue;
    const [, indent = '', name = '', rest = ''] = property;
    const value = rest.replace(/\s[#;].*$/, '').trim();
    if (indent !== '' && outer !== undefined) section.set(`${outer}.${name}`, value);
    else {
      section.set(name, value);
      outer = value === '' ? name : undefined;
    }
  }
  return sections;
}
