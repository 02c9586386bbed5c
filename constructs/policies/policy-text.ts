/**
 * Policy documents as Terraform strings. Terraform reads `${` and `%{` in any string as the start of a template, and
 * IAM uses `${aws:username}` for policy variables; so everything that is not a reference of the CDK is escaped.
 * Source: Terraform language, "Strings and templates"; IAM user guide, "Policy variables".
 */

/** References of the CDK inside a string, until they are resolved. */
const cdkReference = /\$\{TfToken\[[^\]]+\]\}/g;

/** Compact JSON in which policy variables survive Terraform. References of the CDK stay references. */
export function policyJson(document: object): string {
  return JSON.stringify(document)
    .replace(/\$\{(?!TfToken\[)/g, () => '$${')
    .replaceAll('%{', '%%{');
}

/** Bytes of the text that are known before Terraform runs: the least the document can take. */
export function knownSizeInBytes(json: string): number {
  return Buffer.byteLength(json.replace(cdkReference, ''));
}
