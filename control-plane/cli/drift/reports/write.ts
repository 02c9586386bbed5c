/** Reports in files, as `--report sarif=drift.sarif html=drift.html` asks. */
import { rmSync } from 'node:fs';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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

/** Beside the files that they become. */
const unfinished = new Set<string>();

/** For a command that ends at once. */
export function removeUnfinishedReports(): void {
  for (const file of unfinished) rmSync(file, { force: true });
}

/** Each file is written whole, or stays as it was. @throws CommandError when a file cannot be written */
export async function writeReports(reports: readonly WantedReport[], comparison: Comparison): Promise<void> {
  for (const { format, file } of reports) {
    await writeWhole(file, `${format(comparison)}\n`).catch((error: Error) => {
      throw new CommandError(`${file} cannot be written: ${error.message}.`, 'Name another file with --report.');
    });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  // A pipe or a device is written to, and not replaced; nor is a link.
  if (there && !there.isFile()) return writeFile(file, text);
  const target = there ? await realpath(file) : file;
  const part = `${target}.${process.pid}.part`;
  unfinished.add(part);
  try {
    await writeFile(part, text, { ...(there && { mode: there.mode }) });
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
    unfinished.delete(part);
  }
}
