/** The report that `keystead drift --report json=FILE` wrote. */
import { readFile } from 'node:fs/promises';
import type { Comparison } from '../../drift/findings/finding.ts';
import { CommandError } from '../../shared/report.ts';

/** @throws CommandError for anything that is not a whole report: it must not pass for a clean one */
export async function readReport(file: string): Promise<Comparison> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, hint);
  });
  const report = parse(text);
  if (report && isReport(report)) return report;
  throw new CommandError(`${file} is not a report of drift in format 1.`, hint);
}

const hint = 'Write it with "keystead drift --report json=FILE"; where that ended with exit code 1 there is none.';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is Comparison {
  const { formatVersion, findings, resources, notes } = value as Record<string, unknown>;
  return (
    /^1\.\d+$/.test(String(formatVersion)) &&
    Array.isArray(findings) &&
    Array.isArray(notes) &&
    Number.isInteger(resources) &&
    findings.every(({ id, severity, what }) => [id, severity, what].every((part) => typeof part === 'string'))
  );
}
