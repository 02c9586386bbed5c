export interface CompiledPolicy {
  readonly version: string;
}
