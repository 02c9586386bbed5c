/**
 * What Terraform and OpenTofu say with `-json`, one object a line.
 * Source: Terraform, "Machine-Readable UI", message format 1.x.
 */

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** Of the resource that it is about, if it is about one. */
  readonly address?: string;
}

export interface Message {
  readonly type: string;
  readonly text: string;
  readonly diagnostic?: Diagnostic;
  /** Of a message about one resource. */
  readonly address?: string;
}

interface Written {
  readonly type?: string;
  readonly '@message'?: string;
  readonly diagnostic?: Diagnostic;
  readonly hook?: { readonly resource?: { readonly addr?: string } };
  readonly change?: { readonly resource?: { readonly addr?: string } };
}

/** @returns undefined for a line that is not a message: what a child of Terraform printed, for example */
export function parseMessage(line: string): Message | undefined {
  if (!line.startsWith('{')) return undefined;
  let written: Written;
  try {
    written = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { type, '@message': text = '', diagnostic, hook, change } = written;
  if (type === undefined) return undefined;
  const address = (hook ?? change)?.resource?.addr;
  return { type, text, ...(diagnostic && { diagnostic: plain(diagnostic) }), ...(address && { address }) };
}

const plain = ({ severity, summary, detail = '', address }: Diagnostic): Diagnostic => ({
  severity,
  summary,
  detail,
  ...(address && { address }),
});

/** Messages that say where the run is, and nothing that somebody reads afterwards. */
const passing = new Set([
  'version',
  'refresh_start',
  'refresh_complete',
  'apply_progress',
  'provision_progress',
  'outputs',
]);

/** The lines for the log of the job. */
export function linesOf({ type, text, diagnostic }: Message): readonly string[] {
  if (diagnostic) {
    const { severity, summary, detail, address } = diagnostic;
    const about = address === undefined ? '' : `${address}: `;
    const more = detail.split('\n').flatMap((line) => (line.trim() === '' ? [] : [`  ${line}`]));
    return [`${severity === 'error' ? 'Error' : 'Warning'}: ${about}${summary}`, ...more];
  }
  return passing.has(type) || text === '' ? [] : [text];
}
