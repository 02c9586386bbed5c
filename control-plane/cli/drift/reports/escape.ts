/** Text inside markup. */

/** For XML and HTML, in elements and in attributes with double quotes. Characters that XML 1.0 excludes become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** For GitHub's and GitLab's Markdown: shown as it is, on one line, and mentioning nobody. */
export function escapeMarkdown(text: string): string {
  return (
    escapeXml(text)
      .replace(/[\\`*_{}[\]()#+!|~@]/g, (char) => `&#${char.charCodeAt(0)};`)
      // Forges look for mentions in the text that the page shows: what follows the sign must not be a name.
      .replaceAll('&#64;', '&#64;&#8203;')
      .replace(/\s+/g, ' ')
  );
}
