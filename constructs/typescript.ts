/**
 * What a TypeScript or JavaScript program imports: the library, and the namespaces of the bindings at the root, as the
 * prebuilt bindings of AWS have them (`kmsKey.KmsKey`). Libraries for other languages begin at `index.ts`.
 */
export * from './generated/index.ts';
export * from './index.ts';
