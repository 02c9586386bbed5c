/** The forms of a report, and which files to write them to. */
import type { Comparison } from '../findings/finding.ts';
import { htmlReport } from './html.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { sarifReport } from './sarif.ts';

/** The form of the JSON document; `docs/reference/drift-report.schema.json` describes it. */
export const FORMAT_VERSION = '1.0';

export const jsonReport = (comparison: Comparison): string =>
  JSON.stringify({ formatVersion: FORMAT_VERSION, ...comparison }, null, 2);

export const formats: Readonly<Record<string, (comparison: Comparison) => string>> = {
  json: jsonReport,
  sarif: sarifReport,
  junit: junitReport,
  markdown: markdownReport,
  html: htmlReport,
};
