/**
 * What a TypeScript or JavaScript program imports: the library, the namespaces of the bindings at the root, as the
 * prebuilt bindings of AWS have them (`kmsKey.KmsKey`), and functions. Libraries for other languages begin at `index.ts`.
 */
import type { IConstruct } from 'constructs';
import { Keystead, type UseKeysteadOptions } from './stacks/use-keystead.ts';

export * from './generated/index.ts';
export * from './index.ts';

/**
 * `Keystead.use` as a function: points every prebuilt `AwsProvider` of an app at Keystead.
 * @example useKeystead(app, { endpoint: 'https://keys.example.com' })
 */
export function useKeystead(scope: IConstruct, options: UseKeysteadOptions = {}): void {
  Keystead.use(scope, options);
}
