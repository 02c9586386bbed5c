/** Reports in files, as `--report sarif=drift.sarif html=drift.html` asks. */
import { writeFile } from 'node:fs/promises';
import { CommandError } from '../../shared/report.ts';
import type { Comparison } from '../findings/finding.ts';
import { formats } from './formats.ts';

export interface WantedReport {
  readonly format: (comparison: Comparison) => string;
  readonly file: string;
}

/** Before anything is compared. @throws CommandError for a form that does not exist */
export function requireReports(wanted: readonly string[] = []): readonly WantedReport[] {
  return wanted.map((text) => {
    const [, name = '', file = ''] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (format) return { format, file };
    const names = Object.keys(formats).join(', ');
    throw new CommandError(
      `--report: "${text}" does not name a report.`,
      `Write FORM=FILE, with ${names} as the form.`,
    );
  });
}

/** @throws CommandError when a file cannot be written */
export async function writeReports(reports: readonly WantedReport[], comparison: Comparison): Promise<void> {
  for (const { format, file } of reports) {
    await writeFile(file, `${format(comparison)}\n`).catch((error: Error) => {
      throw new CommandError(`${file} cannot be written: ${error.message}.`, 'Name another file with --report.');
    });
  }
}
