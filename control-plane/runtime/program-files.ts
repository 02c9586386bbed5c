/**
 * Where the files of this program lie. It runs from its sources, or from a bundle (control-plane/build), which has all
 * its files in one directory.
 */
import { basename, join, resolve } from 'node:path';

const isBundle = import.meta.filename.endsWith('.js');

/** The directory of package.json. */
export const programDirectory = isBundle ? import.meta.dirname : resolve(import.meta.dirname, '..');

/** @param source a module that is started as a program or a thread of its own, from the directory of the sources */
export function programFile(source: string): string {
  return isBundle ? join(programDirectory, `${basename(source, '.ts')}.js`) : join(programDirectory, source);
}
